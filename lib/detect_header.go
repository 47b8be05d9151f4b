package sawlog

import (
	"strings"

	"github.com/goccy/go-json"

	"github.com/sawlog/sawlog/lib/internal/pattern"
)

// vpcFormat is a format whose files may begin with a line that names the fields of each line.
const vpcFormat = "aws_vpc_flow"

// flowLog is a VPC flow log with fields of one's own: the names that its file begins with, and who reads it by them.
type flowLog struct {
	names  string
	parser *Parser
}

// flowLogOf finds one by the first line; nil: it is none, or one with the fields that the format has anyway.
func flowLogOf(lines [][]byte) *flowLog {
	if len(lines) < 2 || !pattern.IsVPCHeader(string(lines[0])) {
		return nil
	}
	f := &flowLog{names: strings.Join(strings.Fields(string(lines[0])), " ")}
	for _, c := range contenders() {
		if c.format.Name == vpcFormat && strings.Contains(c.format.Definition, quote(f.names)) {
			return nil
		}
	}
	var err error
	if f.parser, err = NewParser(f.definition()); err != nil {
		return nil // a field stands there twice
	}
	return f
}

// definition is what the log's fields are, as a definition.
func (f *flowLog) definition() string {
	text, _ := json.Marshal(map[string]string{"vpc_flow": f.names})
	return string(text)
}

package sawlog

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The format is found in the log, and has not what the definition asks for: an error where one can be given, else a reject a line.
func TestALogWithoutWhatTheDefinitionAsksFor(t *testing.T) {
	line := `192.0.2.1 - - [02/Mar/2026:08:00:00 +0100] "GET /oak HTTP/1.1" 200 5120`
	long := strings.Repeat("x", 200)
	log := strings.Repeat(line+"\r\n", 20) + "\n" + long + "\n" + line
	for _, definition := range []string{
		`{"columns": ["shoe"], "limits": {"line": 150}}`,
		`{"where": {"shoe": "3"}, "limits": {"line": 150}}`,
		`{"constants": {"status": 1}, "limits": {"line": 150}}`,
		`{"envelope": ["cri", "none"], "columns": ["shoe"], "limits": {"line": 150}}`,
		`{"columns": ["shoe"], "multiline": {"start": "^"}, "limits": {"line": 150}}`,
	} {
		p, err := NewParser(definition)
		require.NoError(t, err)
		var wrong *FormatError
		_, err = p.ParseContext(context.Background(), []byte(log))
		require.ErrorAs(t, err, &wrong, definition)
		_, err = p.NewRecordParser([]byte(line))
		require.ErrorAs(t, err, &wrong, definition)

		b := p.Parse([]byte(log))
		assert.Equal(t, []int{0, 23}, []int{b.Len(), b.Rejects()}, definition)
		assert.Equal(t, []int64{23, int64(len(log))}, []int64{b.Lines(), b.InputBytes()}, definition)
		faults := ""
		for i := 19; i < 23; i++ {
			faults += b.Reject(i).Fault.String() + " "
		}
		assert.Equal(t, "no_match empty too_long no_match ", faults, definition)
		assert.Equal(t, line, string(b.Reject(19).Raw), definition)
		assert.Equal(t, long[:150], string(b.Reject(21).Raw), definition)
		assert.Equal(t, int64(200), b.Reject(21).Length, definition)
		b.Release()

		b = p.ParseRecord([]byte(line + "\n"))
		assert.Equal(t, []int{0, 1}, []int{b.Len(), b.Rejects()}, definition)
		assert.Equal(t, line, string(b.Reject(0).Raw), definition)
		assert.Contains(t, p.Explain([]byte(line)).Seen, wrong.Message, definition)
	}
}

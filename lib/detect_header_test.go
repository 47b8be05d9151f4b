package sawlog

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A VPC flow log with fields of one's own says in its first line which they are.
func TestDetectionOfFlowLogsWithTheirOwnFields(t *testing.T) {
	const names = "version vpc-id interface-id srcaddr dstaddr pkt-srcaddr protocol bytes start action tcp-flags"
	lines := strings.Repeat("5 vpc-1 eni-1 192.0.2.7 2001:db8::9 192.0.2.7 6 4249 1772698150 ACCEPT 3\n", 3) + "5 vpc-1 - - - - - - 1772698150 - -\n"
	d := Detect([]byte(names + "\n" + lines))
	assert.Equal(t, "aws_vpc_flow", d.Format, d.Explain())
	assert.Equal(t, `{"vpc_flow":"`+names+`"}`, d.Definition)
	p, err := NewParser("auto")
	require.NoError(t, err)
	fixed, err := NewParser(d.Definition)
	require.NoError(t, err)
	for _, p := range []*Parser{p, fixed} {
		b := p.Parse([]byte(names + "\n" + lines))
		assert.Equal(t, 4, b.Len())
		assert.Zero(t, b.Rejects())
		assert.JSONEq(t, `{"version": 5, "vpc_id": "vpc-1", "interface_id": "eni-1", "src_ip": "192.0.2.7", "dst_ip": "2001:db8::9", "packet_src_ip": "192.0.2.7", "protocol_number": 6, "bytes": 4249, "time": "2026-03-05T08:09:10Z", "action": "ACCEPT", "tcp_flags": 3}`,
			string(b.AppendJSON(nil, 0, true)))
		b.Release()
	}
	for name, text := range map[string]string{
		"other lines behind it": names + "\n" + strings.Repeat("a b c\n", 9), "a name that is none": strings.Replace(names, "vpc-id", "vpc", 1) + "\n" + lines,
		"a field twice": names + " action\n" + lines, "too few": "bytes start end\n1 2 3\n", "names alone": names,
	} {
		assert.NotEqual(t, "aws_vpc_flow", Detect([]byte(text)).Format, name)
	}
	usual := "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"
	assert.Equal(t, `{"format":"aws_vpc_flow"}`, Detect([]byte(usual+"\n"+strings.Repeat("2 1 eni-1 192.0.2.7 198.51.100.9 49761 3389 6 20 4249 1772698150 1772698200 REJECT OK\n", 2))).Definition)
}

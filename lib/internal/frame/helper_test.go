package frame

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

func compile(t testing.TB, o Options) *Frame {
	t.Helper()
	if o.Limit == 0 {
		o.Limit = 1000
	}
	f, err := Compile(o)
	require.NoError(t, err)
	require.NotNil(t, f)
	return f
}

// lister is a worker that lists what it is shown: the lines, or (whole) all as one.
type lister struct{ whole bool }

func (l lister) Parse(b *record.Builder, data []byte, n int) {
	for i := b.From; i < n; {
		stop := n - 1
		if !l.whole {
			stop = i + bytes.IndexByte(data[i:n], '\n')
		}
		if b.Row == b.Cap {
			b.Grow()
		}
		end := stop
		if end > i && data[end-1] == '\r' {
			end--
		}
		if end == i {
			b.Reject(record.Empty, i, end)
		} else {
			b.SetText(&b.Cols[0], data, i, end-i)
			b.Next()
		}
		i = stop + 1
	}
}

func (l lister) Explain([]byte) record.Check { return record.Check{} }

// pieces is what a stream is cut into: "text" for each record, then "! fault at offset, length: text" for each reject. The accounts are
// checked.
func pieces(t testing.TB, f *Frame, size int, live bool, parts ...string) (out []string) {
	t.Helper()
	schema := record.MustSchema(record.Field{Name: "text", Type: record.String})
	c := f.NewCutter(record.Heap, size)
	defer c.Close()
	p := Parser{Lines: lister{}, NewWhole: func() record.Worker { return lister{whole: true} }}
	offset, total := int64(0), 0
	var rejects []string
	take := func(block Block, ok bool) bool {
		if !ok {
			return false
		}
		require.Equal(t, offset, block.Offset, "blocks follow each other")
		require.Equal(t, strings.Repeat("\n", scan.Slack), string(block.Data[block.N:block.N+scan.Slack]))
		b := record.NewBuilder(schema, record.Heap, true)
		b.Start(1)
		p.Parse(b, &block, false)
		batch := b.Finish()
		require.Equal(t, int64(block.Layout.Units), batch.Lines(), "records, joined units and rejects are all units")
		require.Equal(t, block.Layout.Bytes, batch.InputBytes())
		batch.Offset = offset
		for i := range batch.Rejects() {
			r := batch.Reject(i)
			rejects = append(rejects, fmt.Sprintf("! %s at %d, %d: %s", r.Fault, r.Offset, r.Length, r.Raw))
		}
		for row := range batch.Len() {
			out = append(out, batch.Column("text").Text(row))
		}
		offset += block.Layout.Bytes
		return true
	}
	c.Start(0)
	for _, part := range parts {
		fed := []byte(part)
		c.Feed(fed)
		for take(c.Next()) {
		}
		for i := range fed {
			fed[i] = '?' // nobody may look there any more
		}
		if live {
			take(c.Flush(false))
		}
		total += len(part)
	}
	for take(c.Flush(true)) {
	}
	require.Equal(t, int64(total), offset, "every byte belongs somewhere")
	return append(out, rejects...)
}

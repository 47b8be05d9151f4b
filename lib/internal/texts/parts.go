package texts

import (
	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// Parts stores the texts of one node with a role, and what they give beside, as PutParts does; texts that stand in the block as they are
// written. What the words of a log's levels mean is asked once.
type Parts struct {
	node   *infer.Node
	levels *value.Levels
	dash   bool        // a dash is null
	words  [16]meaning // at the hash of the word
}

// meaning is what a word of up to eight bytes means as a level.
type meaning struct {
	word     uint64
	n        int // its bytes
	severity uint64
	known    bool
}

// NewParts makes Parts of a node.
func NewParts(node *infer.Node, levels *value.Levels) *Parts {
	return &Parts{node: node, levels: levels, dash: node.Declared != nil && node.Declared.Dash}
}

// Put stores the text data[i:end].
func (p *Parts) Put(b *record.Builder, data []byte, i, end int) Verdict {
	n := p.node
	switch size := end - i; n.Role {
	case infer.Level:
		if size > 8 || size == 0 || size == 1 && p.dash || n.Column < 0 || n.Also[0] < 0 {
			break
		}
		if m := p.level(data, i, size); m.known {
			put(b, n.Also[0], m.severity)
		}
		c := &b.Cols[n.Column]
		b.SetText(c, data, i, size)
		b.Present(c)
		return Stored
	case infer.Caller:
		if n.Also[0] < 0 || n.Also[1] < 0 {
			break
		}
		file, line, ok := infer.FileLine(data, i, end)
		if !ok {
			break
		}
		put(b, n.Also[1], uint64(line))
		c := &b.Cols[n.Also[0]]
		b.SetText(c, data, i, file-i)
		b.Present(c)
		return Stored
	}
	return PutParts(b, p.levels, n, data, i, end, false)
}

// level is what the word data[i:i+n] means.
func (p *Parts) level(data []byte, i, n int) *meaning {
	word := mem.Load64(data, i) & (^uint64(0) >> (64 - 8*uint(n)))
	m := &p.words[word*0x9E3779B97F4A7C15>>60]
	if m.word != word || m.n != n {
		*m = meaning{word: word, n: n}
		m.severity, m.known = p.levels.Severity(data, i, n)
	}
	return m
}

// put stores a number in the column at.
func put(b *record.Builder, at int, v uint64) {
	sink := &b.Sinks[at]
	sink.Values.Put(b.Row, v)
	sink.Valid.Set(b.Row)
}

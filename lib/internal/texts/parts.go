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
	n, size := p.node, end-i
	if n.Role == infer.Level && size <= 8 && size > 0 && !(size == 1 && p.dash) {
		if m := p.level(data, i, size); m.known {
			putNumber(b, n.Also[0], m.severity)
		}
		putPart(b, n.Column, data, i, end, false)
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

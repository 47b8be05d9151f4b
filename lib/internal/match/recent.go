package match

import (
	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/record"
)

// recent are the methods and protocols that requests had, as words with what stands behind them, and what they are in the dictionaries of
// their columns. They lie where slot says, so that requests of several methods by turns find theirs without a branch.
type recent struct {
	methods, versions [16]remembered
}

// slot is a place for a text, by four of its bytes. The usual methods have one each, so have the versions of HTTP by their last four, and
// the usual levels in capitals, in small letters and with one capital.
func slot(four uint32) uint32 { return four * 0x1dd4497b >> 28 }

// forget makes all of it unlike any text.
func (r *recent) forget() {
	for k := range r.methods {
		// One bit of a word under no mask: nothing is that.
		r.methods[k].word, r.versions[k].word = 1, 1
	}
}

type remembered struct {
	word, mask uint64
	dict       *record.Dict
	epoch      uint32
	index      int32
}

// is tells whether the text that head begins with is the one remembered, in the dictionary of c (nil: not kept) as it is now.
func (r *remembered) is(head uint64, c *record.Col) bool {
	return head&r.mask == r.word && (c == nil || c.Dict == r.dict && c.Dict.Epoch == r.epoch)
}

// learn remembers the text data[i:i+n], of which size bytes, at most eight, are to be compared.
func (r *remembered) learn(c *record.Col, data []byte, i, n, size int) {
	r.mask = ^uint64(0) >> (64 - 8*size)
	r.word = mem.Load64(data, i) & r.mask
	if c != nil {
		r.index, r.dict, r.epoch = c.Dict.Lookup(data, i, n), c.Dict, c.Dict.Epoch
	}
}

// recentLevels are the levels that a step has read, with what they mean.
type recentLevels [16]rememberedLevel

type rememberedLevel struct {
	word     uint64
	n        int // its bytes
	severity uint64
	known    bool // there is a severity
	dict     *record.Dict
	epoch    uint32
	index    int32
}

// level stores the level data[i:end] and what it means. False: it is none.
func (w *worker) level(b *record.Builder, e *step, data []byte, i, end int) bool {
	n := end - i
	if n > 8 || e.recent < 0 || e.col < 0 || b.Cols[e.col].Dict == nil {
		return e.level(b, data, i, end)
	}
	word := mem.Load64(data, i) & (^uint64(0) >> (64 - 8*uint(n)))
	r, c := &w.levels[e.recent][slot(uint32(word))&15], &b.Cols[e.col]
	if r.word != word || r.n != n || r.dict != c.Dict || r.epoch != c.Dict.Epoch {
		if !e.level(b, data, i, end) {
			return false
		}
		*r = rememberedLevel{word: word, n: n, dict: c.Dict, epoch: c.Dict.Epoch, index: c.Index[b.Row]}
		if m := e.more[0]; m >= 0 {
			r.severity, r.known = b.Cols[m].Words[b.Row], b.IsPresent(&b.Cols[m])
		}
		return true
	}
	c.Index[b.Row] = r.index
	if m := e.more[0]; m >= 0 {
		if b.Cols[m].Words[b.Row] = r.severity; !r.known {
			b.Null(&b.Cols[m])
		}
	}
	return true
}

// level is the same without a memory.
func (e *step) level(b *record.Builder, data []byte, i, end int) bool {
	if e.levels != nil {
		return convertLevel(b, e, data, i, end, false)
	}
	return convertText(b, e, data, i, end, false)
}

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
		r.methods[k].forget()
		r.versions[k].forget()
	}
}

type remembered struct {
	word, mask uint64
	n          int // bytes of the text and of what was compared with it
	dict       *record.Dict
	epoch      uint32
	index      int32
}

// is tells whether the text that head begins with is the one remembered, in the dictionary of c (nil: not kept) as it is now.
func (r *remembered) is(head uint64, c *record.Col) bool {
	return head&r.mask == r.word && (c == nil || c.Dict == r.dict && c.Dict.Epoch == r.epoch)
}

// forget makes it unlike any text: one bit of a word under no mask, nothing is that.
func (r *remembered) forget() { r.word, r.mask = 1, 0 }

// bind forgets the text where it was another one in the dictionary of c, or would be.
func (r *remembered) bind(c *record.Col) {
	if c.Dict != nil && (c.Dict != r.dict || c.Dict.Epoch != r.epoch) {
		r.forget()
	}
}

// learn remembers the text data[i:i+n], of which size bytes, at most eight, are to be compared.
func (r *remembered) learn(c *record.Col, data []byte, i, n, size int) {
	r.mask, r.n = ^uint64(0)>>(64-8*size), size
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

// keptLevels are the levels that a quick step has read, each with the constant behind it.
type keptLevels struct {
	dict  *record.Dict
	epoch uint32
	list  [16]keptLevel // at slot
}

type keptLevel struct {
	head, mask uint64 // all bytes
	n          int    // of them
	severity   uint64
	known      bool
	index      int32
}

// bind forgets all levels if they were others in dict, nil: it is not kept.
func (l *keptLevels) bind(dict *record.Dict) {
	epoch := uint32(0)
	if dict != nil {
		epoch = dict.Epoch
	}
	if l.dict == dict && l.epoch == epoch && l.list[0] != (keptLevel{}) {
		return
	}
	l.dict, l.epoch = dict, epoch
	for k := range l.list {
		l.list[k] = keptLevel{head: 1} // nothing is that
	}
}

// keep keeps the level at data[i:next], which has just been stored, if that is short enough.
func (l *keptLevel) keep(b *record.Builder, e *step, data []byte, i, next int) {
	n := next - i
	if n > 8 {
		return
	}
	*l = keptLevel{mask: ^uint64(0) >> (64 - 8*uint(n)), n: n}
	l.head = mem.Load64(data, i) & l.mask
	if e.col >= 0 && b.Cols[e.col].Dict != nil {
		l.index = b.Cols[e.col].Index[b.Row]
	}
	if m := e.more[0]; m >= 0 {
		l.severity, l.known = b.Cols[m].Words[b.Row], b.IsPresent(&b.Cols[m])
	}
}

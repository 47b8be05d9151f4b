package envelope

import (
	"slices"

	"github.com/sawlog/sawlog/lib/internal/frame"
	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/record"
)

// maxOpen is how many streams may have something open at once; of one more, the oldest is taken to be complete.
const maxOpen = 256

// rec is an inner line or record on its way: where it comes from, and what stood around it.
type rec struct {
	rows   [MaxLayers]int32 // in the batch of each layer; none: it did not have that envelope
	line   int64            // of its first line, from 0
	offset int64            // of its first line in the stream
	lines  int32            // how many lines of the stream it has
	fault  record.Fault     // why it does not have the outermost envelope
	copied bool             // its raw text stands in Chunk.copies, else in the block
	at     int              // its raw text, as far as it was kept ...
	kept   int
	length int64 // ... and how long it is
}

const none = -1

// open is a record that is not complete.
type open struct {
	key    string
	rec    rec
	text   []byte // so far, up to the limit and a little more
	raw    []byte // its lines
	rule   *frame.Joiner
	wanted bool // it has something
	held   bool // it began in another chunk
	begun  int  // order in which they began
	// Lines that belong to it if the next one does, and how long it would be with them.
	waiting []*open
	size    int
}

// joiner keeps what is open in each stream.
type joiner struct {
	open  map[string]*open
	last  *open
	count int // wanted ones
	begun int
}

// of is the stream with a key.
func (j *joiner) of(key []byte) *open {
	if j.last != nil && j.last.key == string(key) {
		return j.last
	}
	o := j.open[string(key)]
	if o == nil {
		if j.open == nil {
			j.open = map[string]*open{}
		}
		o = &open{key: string(key)}
		j.open[o.key] = o
	}
	j.last = o
	return o
}

// begin opens a record with its first piece.
func (j *joiner) begin(o *open, r rec, text, raw []byte, limit int) {
	o.rec, o.text, o.raw, o.held = r, o.text[:0], o.raw[:0], false
	o.rec.lines, o.rec.length = 0, 0
	o.wanted, o.waiting, o.size = true, o.waiting[:0], len(text)
	j.begun++
	o.begun = j.begun
	j.count++
	o.add("", text, raw, &r, limit)
}

// add appends a piece and the lines that it stood in. Of what is too long a byte more is kept than a record may have, so that it is
// refused.
func (o *open) add(between string, text, raw []byte, r *rec, limit int) {
	o.text = appendUpTo(o.text, mem.Bytes(between), limit+1)
	o.text = appendUpTo(o.text, text, limit+1)
	if o.rec.lines > 0 {
		o.rec.length++
		o.raw = appendUpTo(o.raw, feed, limit)
	}
	o.raw = appendUpTo(o.raw, raw, limit)
	o.rec.length += r.length
	o.rec.lines += r.lines
}

// wait keeps a line until the next one says where it belongs.
func (o *open) wait(text, raw []byte, r rec, limit int) {
	w := &open{rec: r}
	w.rec.lines, w.rec.length = 0, 0
	w.add("", text, raw, &r, limit)
	o.waiting = append(o.waiting, w)
}

// join appends the lines that wait, and one more.
func (o *open) join(text, raw []byte, r *rec, limit int) {
	for _, w := range o.waiting {
		o.add("\n", w.text, w.raw, &w.rec, limit)
	}
	o.waiting = o.waiting[:0]
	o.add("\n", text, raw, r, limit)
}

var feed = []byte{'\n'}

func appendUpTo(to, text []byte, limit int) []byte {
	return append(to, text[:min(len(text), max(0, limit-len(to)))]...)
}

// done closes a record.
func (j *joiner) done(o *open) {
	o.wanted = false
	j.count--
}

// all lists what is open, in the order in which it began.
func (j *joiner) all() []*open {
	if j.count == 0 {
		return nil
	}
	list := make([]*open, 0, j.count)
	for _, o := range j.open {
		if o.wanted {
			list = append(list, o)
		}
	}
	slices.SortFunc(list, func(a, b *open) int { return a.begun - b.begun })
	return list
}

// tidy forgets streams that have nothing open, when there are many.
func (j *joiner) tidy() {
	if len(j.open) <= 4*maxOpen {
		return
	}
	for key, o := range j.open {
		if !o.wanted {
			delete(j.open, key)
		}
	}
	j.last = nil
}

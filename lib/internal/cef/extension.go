package cef

import (
	"bytes"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// pair is a key and its value: data[key:keyEnd], data[at:end].
type pair struct {
	key, keyEnd int
	at, end     int
	escaped     bool
	label       int // its key is the text of the label of this slot, counted from 1; 0: its own
	dropped     bool
}

// keyByte tells which bytes a key of CEF is made of.
var keyByte = func() (t [256]bool) {
	for c := range t {
		lower := c | 0x20
		t[c] = lower >= 'a' && lower <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '.' || c == '-' || c == '[' || c == ']' || c >= 0x80
	}
	return t
}()

// extension reads the pairs of data[i:end] as CEF writes them.
func (w *worker) extension(i, end int) record.Fault {
	data := w.data
	for i < end && blank(data[i]) {
		i++
	}
	if i == end {
		return record.NoFault
	}
	key := i
	for i < end && keyByte[data[i]] {
		i++
	}
	if i == key || i == end || data[i] != '=' {
		return w.misfit(key, "extensions", "a key and =")
	}
	p := pair{key: key, keyEnd: i, at: i + 1}
	for i++; ; {
		i = min(w.special(i, end), end)
		if i == end {
			break
		}
		if data[i] == '\\' {
			p.escaped = true
			i += 2
			continue
		}
		from := keyStart(data, p.at, i)
		if from == i {
			if w.p.o.Strict {
				return w.misfit(i, "extensions", `\=, since = stands behind keys only`)
			}
			i++
			continue
		}
		w.add(p, from-1)
		p = pair{key: from, keyEnd: i, at: i + 1}
		i++
	}
	w.add(p, end)
	return record.NoFault
}

// keyStart is where the key in front of the = at equals begins, in the value that begins at i; equals: there is none, the = is the value's.
func keyStart(data []byte, i, equals int) int {
	from := equals
	for from > i && keyByte[mem.At(data, from-1)] {
		from--
	}
	if !blank(data[from-1]) {
		return equals
	}
	return from
}

// add adds a pair whose value ends at end, blanks around it aside.
func (w *worker) add(p pair, end int) {
	for end > p.at && blank(w.data[end-1]) {
		end--
	}
	for p.at < end && blank(w.data[p.at]) {
		p.at++
	}
	p.end = end
	w.pairs = append(w.pairs, p)
}

// special is the next = or backslash at or behind i, or something not before end.
func (w *worker) special(i, end int) int {
	for i < end {
		if i = scan.Find3(w.data, i, '=', '\\', '\n'); i >= end || w.data[i] != '\n' {
			return i
		}
		i++ // content of a record with several lines
	}
	return i
}

func blank(c byte) bool { return c == ' ' || c == '\t' }

// attributes reads the pairs of data[i:end] as LEEF writes them.
func (w *worker) attributes(i, end int, delimiter byte) record.Fault {
	for i < end {
		stop := end
		if k := bytes.IndexByte(w.data[i:end], delimiter); k >= 0 {
			stop = i + k
		}
		equals := bytes.IndexByte(w.data[i:stop], '=')
		switch {
		case equals > 0:
			key := i
			for key < i+equals && blank(w.data[key]) {
				key++
			}
			w.pairs = append(w.pairs, pair{key: key, keyEnd: i + equals, at: i + equals + 1, end: stop})
		case i == stop || len(bytes.TrimLeft(w.data[i:stop], " ")) == 0:
		case len(w.pairs) == 0 || w.p.o.Strict:
			return w.misfit(i, "extensions", "a key and =")
		default:
			w.pairs[len(w.pairs)-1].end = stop
		}
		i = stop + 1
	}
	return record.NoFault
}

// families are the keys that have a label: a name and a number of one digit, and the same with Label behind it.
var families = [...]string{"cs", "cn", "cfp", "c6a", "flexString", "flexNumber", "flexDate", "deviceCustomDate", "deviceCustomFloatingPoint", "deviceCustomNumber", "deviceCustomString", "deviceCustomIPv6Address"}

// slot is the number of a key that has or is a label, -1 for another.
func slot(key []byte) (n int, label bool) {
	const suffix = "Label"
	if k := len(key) - len(suffix); k > 0 && string(key[k:]) == suffix {
		key, label = key[:k], true
	}
	last := len(key) - 1
	if last < 2 || key[last]-'0' > 9 {
		return -1, false
	}
	for i, name := range families {
		if string(key[:last]) == name {
			return i*10 + int(key[last]-'0'), label
		}
	}
	return -1, false
}

// labelled gives values the keys that their labels say; so many labels are dropped. Of a label that is there twice the last one counts.
// Its text is written once, however many values it names: a line would else make texts that grow with its square.
func (w *worker) labelled(b *record.Builder) (dropped int) {
	clear(w.labels[:])
	for i := range w.pairs {
		p := &w.pairs[i]
		if n, label := slot(w.data[p.key:p.keyEnd]); label && p.end > p.at {
			w.labels[n] = i + 1
		}
	}
	for i := range w.pairs {
		p := &w.pairs[i]
		if n, label := slot(w.data[p.key:p.keyEnd]); n >= 0 && !label && w.labels[n] > 0 {
			p.label = n + 1
			if label := &w.pairs[w.labels[n]-1]; !label.dropped {
				w.labelTexts[n] = w.view(b, label.at, label.end, label.escaped)
				label.dropped = true
				dropped++
			}
		}
	}
	return dropped
}

// store writes the pairs to the map of the row under way.
func (w *worker) store(b *record.Builder) {
	k := w.p.index[colExtensions]
	if k < 0 {
		return
	}
	dropped := 0
	if w.p.o.CustomLabels {
		dropped = w.labelled(b)
	}
	c := &b.Cols[k]
	keys, values := c.Nested.Keys.Extend(len(w.pairs)-dropped), c.Nested.Items.Extend(len(w.pairs)-dropped)
	n := 0
	for i := range w.pairs {
		p := &w.pairs[i]
		if p.dropped {
			continue
		}
		if p.label == 0 {
			keys[n] = record.MakeView(w.data, p.key, p.keyEnd-p.key, b.Buffer)
		} else {
			keys[n] = w.labelTexts[p.label-1]
		}
		values[n] = w.view(b, p.at, p.end, p.escaped)
		n++
	}
	b.EndList(c)
}

// view is the view of a text of the extension.
func (w *worker) view(b *record.Builder, i, end int, escaped bool) record.View {
	if !escaped {
		return record.MakeView(w.data, i, end-i, b.Buffer)
	}
	start := len(b.Side)
	b.Side = unescape(b.Side, w.data[i:end], true)
	return b.SideView(start)
}

// unescape appends text with its escapes undone: those of the header, or those of the extension.
func unescape(dst, text []byte, extension bool) []byte {
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '\\' && i+1 < len(text) {
			switch next := text[i+1]; {
			case next == '|' || next == '\\' || extension && next == '=':
				c = next
				i++
			case extension && next == 'n':
				c = '\n'
				i++
			case extension && next == 'r':
				c = '\r'
				i++
			}
		}
		dst = append(dst, c)
	}
	return dst
}

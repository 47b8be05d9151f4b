package record

import (
	"bytes"
	"encoding/binary"
	"strconv"

	"github.com/goccy/go-json"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
)

// node is a member of a row: a field, or an object of members.
type node struct {
	name   string
	key    []byte   // ,"name":"
	padded [32]byte // key, as far as it fits
	field  int      // -1 for an object
	inside []node
}

// addNode puts the field at path into the tree. Fields of one object end up side by side, where the first of them stands.
func addNode(nodes []node, path []string, field int) []node {
	for i := 0; i < len(nodes) && len(path) > 1; i++ {
		if nodes[i].name == path[0] && nodes[i].field < 0 {
			nodes[i].inside = addNode(nodes[i].inside, path[1:], field)
			return nodes
		}
	}
	n := node{name: path[0], field: field, key: append(appendString([]byte{','}, []byte(path[0])), ':', '"')}
	copy(n.padded[:], n.key)
	if len(path) > 1 {
		n.field, n.inside = -1, addNode(nil, path[1:], field)
	}
	return append(nodes, n)
}

// AppendJSON appends row i as a JSON object: members nest as the schema says, what overflowed is merged in. Nulls are written unless
// dropNulls is set; an object all of whose members are null is left out. Timestamps are RFC 3339 in UTC, durations nanoseconds.
func (b *Batch) AppendJSON(dst []byte, i int, dropNulls bool) []byte {
	w := rowWriter{b: b, dropNulls: dropNulls}
	return w.append(dst, i)
}

// AppendRows appends the rows from first to end-1, each as AppendJSON does, with a line feed behind it. It is the faster way where there are
// several.
func (b *Batch) AppendRows(dst []byte, first, end int, dropNulls bool) []byte {
	w := rowWriter{b: b, dropNulls: dropNulls}
	for i := first; i < end; i++ {
		dst = append(w.append(dst, i), '\n')
	}
	return dst
}

// rowWriter writes rows of one batch, and remembers of one what may help with the next.
type rowWriter struct {
	b         *Batch
	dropNulls bool
	minutes   minutes
}

func (w *rowWriter) append(dst []byte, i int) []byte {
	b := w.b
	if over := b.schema.over; over >= 0 && !b.columns[over].IsNull(i) {
		return w.merged(dst, i)
	}
	dst, _ = w.members(dst, b.schema.rows, i)
	return dst
}

// merged is for the rare row with an overflow.
func (w *rowWriter) merged(dst []byte, i int) []byte {
	own, _ := w.members(nil, w.b.schema.rows, i)
	row := decodeObject(own)
	merge(row, decodeObject(w.b.columns[w.b.schema.over].Bytes(i)))
	text, err := json.MarshalWithOption(row, json.DisableHTMLEscape())
	if err != nil { // both parts are JSON that was read a moment ago
		return append(dst, own...)
	}
	return append(dst, text...)
}

// decodeObject reads a JSON object, digits kept; what is none gives an empty one.
func decodeObject(text []byte) map[string]any {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	object := map[string]any{}
	if decoder.Decode(&object) != nil {
		return map[string]any{}
	}
	return object
}

// members appends an object, and tells whether one of its members has a value. Each member brings the comma before it; the first one's
// becomes the brace.
func (w *rowWriter) members(dst []byte, nodes []node, row int) ([]byte, bool) {
	begin, some := len(dst), false
	for k := range nodes {
		n := &nodes[k]
		if n.field < 0 {
			start, inner := len(dst), false
			if dst, inner = w.members(n.append(dst, 0), n.inside, row); !inner {
				dst = dst[:start]
			}
			some = some || inner
			continue
		}
		c := &w.b.columns[n.field]
		if c.nulls != 0 && c.IsNull(row) {
			if !w.dropNulls {
				dst = append(n.append(dst, 0), "null"...)
			}
			continue
		}
		some = true
		switch c.field.Type {
		case String, IP, Bytes:
			dst = c.appendView(n.append(dst, 1), row)
		case Timestamp:
			dst = append(w.minutes.append(n.append(dst, 1), c.Ints()[row]), '"')
		case Int:
			dst = appendInt(n.append(dst, 0), c.Ints()[row])
		default:
			dst = c.appendJSON(n.append(dst, 0), row)
		}
	}
	if len(dst) == begin {
		dst = append(dst, '{')
	}
	dst[begin] = '{'
	return append(dst, '}'), some
}

// append appends the comma, the name and the colon, and one quote if there is to be one. Names are short: they are copied whole, and cut.
func (n *node) append(dst []byte, quote int) []byte {
	at, size := len(dst), len(n.key)-1+quote
	if size > 32 || cap(dst)-at < 32 {
		return append(dst, n.key[:size]...)
	}
	*(*[32]byte)(dst[at : at+32]) = n.padded
	return dst[:at+size]
}

// appendView is the rest of a JSON string behind its first quote: the text in row i, which is not null.
func (c *Column) appendView(dst []byte, i int) []byte {
	if c.field.Dictionary {
		at := c.Indices()[i]
		return appendRest(dst, c.texts[c.offsets[at]:c.offsets[at+1]])
	}
	v := &mem.Cast[View](c.data)[i]
	n := int(uint32(v[0]))
	if n > 12 {
		at := int(v[1] >> 32)
		return appendRest(dst, c.batch.buffers[uint32(v[1])][at:at+n])
	}
	// A short text is in the view itself: it is written as two words, spaces behind its end, and cut.
	low, high := v[0]>>32|v[1]<<32, uint64(spaces)
	if n < 8 {
		low |= spaces << (8 * n)
	} else {
		high = v[1]>>32 | spaces<<(8*(n-8))
	}
	if !scan.Plain8(low) || !scan.Plain8(high) {
		return appendOdd(dst, c.data[i*16+4:i*16+4+n])
	}
	at := len(dst)
	dst = binary.NativeEndian.AppendUint64(binary.NativeEndian.AppendUint64(dst, low), high)[:at+n+1]
	dst[at+n] = '"'
	return dst
}

// spaces are bytes that need no escape.
const spaces = 0x2020202020202020

func (c *Column) appendJSON(dst []byte, i int) []byte {
	switch c.field.Type {
	case Bool:
		return strconv.AppendBool(dst, c.Bool(i))
	case Int, Duration:
		return appendInt(dst, c.Ints()[i])
	case Uint:
		return appendUint(dst, c.Uints()[i])
	case Float:
		return appendFloat(dst, c.Floats()[i])
	case List:
		return c.appendList(dst, i)
	case Map:
		return c.appendMap(dst, i)
	case Timestamp:
		return append(appendTime(append(dst, '"'), c.Ints()[i]), '"')
	}
	return c.appendView(append(dst, '"'), i)
}

func (c *Column) appendList(dst []byte, i int) []byte {
	dst = append(dst, '[')
	for k := c.offsets[i]; k < c.offsets[i+1]; k++ {
		if k > c.offsets[i] {
			dst = append(dst, ',')
		}
		dst = c.children[0].appendElement(dst, int(k))
	}
	return append(dst, ']')
}

func (c *Column) appendMap(dst []byte, i int) []byte {
	dst = append(dst, '{')
	for k := c.offsets[i]; k < c.offsets[i+1]; k++ {
		if k > c.offsets[i] {
			dst = append(dst, ',')
		}
		dst = append(appendString(dst, c.children[0].Bytes(int(k))), ':')
		dst = c.children[1].appendElement(dst, int(k))
	}
	return append(dst, '}')
}

func (c *Column) appendElement(dst []byte, i int) []byte {
	if c.IsNull(i) {
		return append(dst, "null"...)
	}
	return c.appendJSON(dst, i)
}

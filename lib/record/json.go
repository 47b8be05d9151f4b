package record

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-json"
)

// node is a member of a row: a field, or an object of members.
type node struct {
	name   string
	key    []byte // "name":
	field  int    // -1 for an object
	inside []node
}

// addNode puts the field at path into the tree. Fields of one object end up side by side, where the first of them stands.
func addNode(nodes []node, path []string, field int) []node {
	for i := range nodes {
		if len(path) > 1 && nodes[i].name == path[0] && nodes[i].field < 0 {
			nodes[i].inside = addNode(nodes[i].inside, path[1:], field)
			return nodes
		}
	}
	n := node{name: path[0], field: field, key: append(appendString(nil, []byte(path[0])), ':')}
	if len(path) > 1 {
		n.field, n.inside = -1, addNode(nil, path[1:], field)
	}
	return append(nodes, n)
}

// AppendJSON appends row i as a JSON object: members nest as the schema says, what overflowed is merged in. Nulls are written unless
// dropNulls is set; an object all of whose members are null is left out. Timestamps are RFC 3339 in UTC, durations nanoseconds.
func (b *Batch) AppendJSON(dst []byte, i int, dropNulls bool) []byte {
	if over := b.schema.over; over >= 0 && !b.columns[over].IsNull(i) {
		return b.appendMerged(dst, i, dropNulls)
	}
	return b.appendObject(dst, i, dropNulls)
}

func (b *Batch) appendObject(dst []byte, i int, dropNulls bool) []byte {
	dst = append(dst, '{')
	dst, _ = b.appendMembers(dst, b.schema.rows, i, dropNulls)
	return append(dst, '}')
}

// appendMerged is for the rare row with an overflow.
func (b *Batch) appendMerged(dst []byte, i int, dropNulls bool) []byte {
	row := decodeObject(b.appendObject(nil, i, dropNulls))
	merge(row, decodeObject(b.columns[b.schema.over].Bytes(i)))
	text, err := json.MarshalWithOption(row, json.DisableHTMLEscape())
	if err != nil { // both parts are JSON that was read a moment ago
		return b.appendObject(dst, i, dropNulls)
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

// appendMembers appends the members, and tells whether one of them has a value.
func (b *Batch) appendMembers(dst []byte, nodes []node, row int, dropNulls bool) ([]byte, bool) {
	first, some := true, false
	for k := range nodes {
		n, start := &nodes[k], len(dst)
		if !first {
			dst = append(dst, ',')
		}
		dst = append(dst, n.key...)
		if n.field < 0 {
			var inner bool
			dst = append(dst, '{')
			if dst, inner = b.appendMembers(dst, n.inside, row, dropNulls); !inner {
				dst = dst[:start]
				continue
			}
			dst = append(dst, '}')
			some = true
		} else if c := &b.columns[n.field]; !c.IsNull(row) {
			dst = c.appendJSON(dst, row)
			some = true
		} else if dropNulls {
			dst = dst[:start]
			continue
		} else {
			dst = append(dst, "null"...)
		}
		first = false
	}
	return dst, some
}

func (c *Column) appendJSON(dst []byte, i int) []byte {
	switch c.field.Type {
	case Bool:
		return strconv.AppendBool(dst, c.Bool(i))
	case Int, Duration:
		return strconv.AppendInt(dst, c.Ints()[i], 10)
	case Uint:
		return strconv.AppendUint(dst, c.Uints()[i], 10)
	case Float:
		return appendFloat(dst, c.Floats()[i])
	case List:
		return c.appendList(dst, i)
	case Map:
		return c.appendMap(dst, i)
	case Timestamp:
		return append(appendTime(append(dst, '"'), c.Ints()[i]), '"')
	}
	return appendString(dst, c.Bytes(i))
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

// appendFloat writes the shortest text that reads back as f; infinities, which JSON cannot write, become null.
func appendFloat(dst []byte, f float64) []byte {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return append(dst, "null"...)
	}
	if a := math.Abs(f); a != 0 && (a < 1e-6 || a >= 1e21) {
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	return strconv.AppendFloat(dst, f, 'f', -1, 64)
}

// appendTime writes 2006-01-02T15:04:05.999999999Z, with as many digits of the fraction as there are.
func appendTime(dst []byte, ns int64) []byte {
	sec := ns / 1e9
	frac := ns - sec*1e9
	if frac < 0 {
		sec, frac = sec-1, frac+1e9
	}
	day := sec / 86400
	rest := sec - day*86400
	if rest < 0 {
		day, rest = day-1, rest+86400
	}
	year, month, d := time.Unix(day*86400, 0).UTC().Date()
	var b [30]byte
	four(b[0:], year)
	b[4], b[7], b[10], b[13], b[16] = '-', '-', 'T', ':', ':'
	two(b[5:], int(month))
	two(b[8:], d)
	two(b[11:], int(rest/3600))
	two(b[14:], int(rest/60%60))
	two(b[17:], int(rest%60))
	end := 19
	if frac > 0 {
		b[19] = '.'
		for k := 28; k > 19; k-- {
			b[k] = byte('0' + frac%10)
			frac /= 10
		}
		for end = 29; b[end-1] == '0'; end-- {
		}
	}
	b[end] = 'Z'
	return append(dst, b[:end+1]...)
}

func two(b []byte, v int) { b[0], b[1] = byte('0'+v/10), byte('0'+v%10) }

func four(b []byte, v int) {
	two(b, v/100)
	two(b[2:], v%100)
}

const hexDigits = "0123456789abcdef"

// appendString writes text as a JSON string. Invalid UTF-8 (only in columns of bytes) becomes U+FFFD.
func appendString(dst, text []byte) []byte {
	if plain(text) {
		// Room is made once for all of it.
		n, size := len(dst), len(text)+2
		if cap(dst)-n < size {
			dst = slices.Grow(dst, size)
		}
		dst = dst[:n+size]
		dst[n], dst[n+size-1] = '"', '"'
		copy(dst[n+1:], text)
		return dst
	}
	return appendOddString(dst, text)
}

// plain tells whether text is ASCII and needs no escape.
func plain(text []byte) bool {
	n := len(text)
	if n >= 8 {
		for i := 0; i+8 < n; i += 8 {
			if !plain8(binary.LittleEndian.Uint64(text[i:])) {
				return false
			}
		}
		return plain8(binary.LittleEndian.Uint64(text[n-8:]))
	}
	for _, c := range text {
		if c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func appendOddString(dst, text []byte) []byte {
	dst = append(dst, '"')
	start, i := 0, 0
	for i < len(text) {
		if i+8 <= len(text) && plain8(binary.LittleEndian.Uint64(text[i:])) {
			i += 8
			continue
		}
		c := text[i]
		if c >= utf8.RuneSelf {
			_, n := utf8.DecodeRune(text[i:])
			if n == 1 {
				dst = append(append(dst, text[start:i]...), "\ufffd"...)
				start = i + 1
			}
			i += n
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		dst = append(dst, text[start:i]...)
		dst = appendEscape(dst, c)
		i++
		start = i
	}
	return append(append(dst, text[start:]...), '"')
}

// plain8 tells whether eight bytes are ASCII and need no escape.
func plain8(w uint64) bool {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	q, s := w^(ones*'"'), w^(ones*'\\')
	return (w|(w-ones*0x20)|(q-ones)|(s-ones))&highs == 0
}

func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}

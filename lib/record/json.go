package record

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/goccy/go-json"

	"github.com/sawlog/sawlog/lib/internal/mem"
)

// node is a member of a row: a field, or an object of members.
type node struct {
	name   string
	key    []byte    // ,"name":"
	words  [4]uint64 // key, as far as it fits
	field  int       // -1 for an object
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
	n := node{name: path[0], field: field, key: append(appendString([]byte{','}, []byte(path[0])), ':', '"')}
	var padded [32]byte
	copy(padded[:], n.key)
	for i := range n.words {
		n.words[i] = binary.LittleEndian.Uint64(padded[8*i:])
	}
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
	dst, _ = b.appendMembers(dst, b.schema.rows, i, dropNulls)
	return dst
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

// appendMembers appends an object, and tells whether one of its members has a value. Each member brings the comma before it; the first one's
// becomes the brace.
func (b *Batch) appendMembers(dst []byte, nodes []node, row int, dropNulls bool) ([]byte, bool) {
	begin, some := len(dst), false
	for k := range nodes {
		n := &nodes[k]
		if n.field < 0 {
			start, inner := len(dst), false
			if dst, inner = b.appendMembers(n.append(dst, 0), n.inside, row, dropNulls); !inner {
				dst = dst[:start]
			}
			some = some || inner
			continue
		}
		c := &b.columns[n.field]
		if c.nulls > 0 && c.IsNull(row) {
			if !dropNulls {
				dst = append(n.append(dst, 0), "null"...)
			}
			continue
		}
		some = true
		switch c.field.Type {
		case String, IP, Bytes:
			dst = c.appendView(n.append(dst, 1), row)
		case Timestamp:
			dst = append(appendTime(n.append(dst, 1), c.Ints()[row]), '"')
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
	to := dst[at : at+32]
	binary.LittleEndian.PutUint64(to, n.words[0])
	binary.LittleEndian.PutUint64(to[8:], n.words[1])
	binary.LittleEndian.PutUint64(to[16:], n.words[2])
	binary.LittleEndian.PutUint64(to[24:], n.words[3])
	return dst[:at+size]
}

// appendView is the rest of a JSON string behind its first quote: the text in row i, which is not null.
func (c *Column) appendView(dst []byte, i int) []byte {
	if c.field.Dictionary {
		at := c.Indices()[i]
		return appendRest(dst, c.texts[c.offsets[at]:c.offsets[at+1]])
	}
	v := mem.Cast[View](c.data)[i]
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
	if !plain8(low) || !plain8(high) {
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
	rest := uint32(sec - day*86400)
	if sec < day*86400 {
		day, rest = day-1, rest+86400
	}
	year, month, d := date(day)
	at := len(dst)
	if cap(dst)-at < 30 {
		dst = slices.Grow(dst, 30)
	}
	b := dst[at : at+30]
	two(b, year/100)
	two(b[2:], year%100)
	two(b[5:], month)
	two(b[8:], d)
	two(b[11:], rest/3600)
	two(b[14:], rest/60%60)
	two(b[17:], rest%60)
	b[4], b[7], b[10], b[13], b[16] = '-', '-', 'T', ':', ':'
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
	return dst[:at+end+1]
}

// date is the date of a day counted from 1970. Nanoseconds in 64 bits reach from 1677 to 2262 only. Years are counted from March on, so that
// the leap day is their last.
func date(day int64) (year, month, dayOfMonth uint32) {
	n := uint32(day + 719468) // days since the first of March of the year 0
	century := (4*n + 3) / 146097
	n -= century * 146097 / 4 // within the century
	year = (4*n + 3) / 1461
	n -= year * 1461 / 4 // within the year
	month = (5*n + 2) / 153
	dayOfMonth = n - (153*month+2)/5 + 1
	year += 100 * century
	if month < 10 {
		return year, month + 3, dayOfMonth
	}
	return year + 1, month - 9, dayOfMonth
}

func two(b []byte, v uint32) { binary.LittleEndian.PutUint16(b, uint16('0'+v/10)|uint16('0'+v%10)<<8) }

const hexDigits = "0123456789abcdef"

// appendString writes text as a JSON string. Invalid UTF-8 (only in columns of bytes) becomes U+FFFD.
func appendString(dst, text []byte) []byte { return appendRest(append(dst, '"'), text) }

// appendRest is appendString behind the first quote. Room is made once for all of it.
func appendRest(dst, text []byte) []byte {
	at, n := len(dst), len(text)
	if cap(dst)-at <= n {
		dst = slices.Grow(dst, n+1)
	}
	to := dst[at : at+n+1]
	if n < 8 || n > 64 {
		if !plain(text) {
			return appendOdd(dst, text)
		}
		copy(to, text)
	} else { // looked at and copied in one go; the last word may overlap the one before
		for i := 0; i < n-8; i += 8 {
			w := binary.LittleEndian.Uint64(text[i:])
			if !plain8(w) {
				return appendOdd(dst, text)
			}
			binary.LittleEndian.PutUint64(to[i:], w)
		}
		w := binary.LittleEndian.Uint64(text[n-8:])
		if !plain8(w) {
			return appendOdd(dst, text)
		}
		binary.LittleEndian.PutUint64(to[n-8:], w)
	}
	to[n] = '"'
	return dst[:at+n+1]
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

// appendOdd is appendRest for texts with escapes in them.
func appendOdd(dst, text []byte) []byte {
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

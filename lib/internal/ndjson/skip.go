package ndjson

import (
	"math/bits"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// input is one JSON text (RFC 8259) in data[:end]: what reads it, and why it could not be read. data[end] is a line feed or a carriage
// return, which no token of JSON can contain, and scan.Slack bytes behind that may be read: so tokens are read without looking for end.
//
// Methods that read return the position behind what they read, or -1 after fail.
type input struct {
	data  []byte
	marks []byte // the stops of data, nil where nobody has looked for them
	end   int
	depth int      // arrays and objects that may stand inside each other
	white uint64   // the characters that are white space here: a line feed is not where lines are records
	open  []uint64 // for skip: one bit for each open container, 1 for an object

	fault record.Fault
	at    int    // where it stopped
	want  string // what would have been right there
}

const (
	whiteLine  = 1<<' ' | 1<<'\t' | 1<<'\r'
	whiteWhole = whiteLine | 1<<'\n'
)

// white is the white space in what is read as whole or line by line.
func white(whole bool) uint64 {
	if whole {
		return whiteWhole
	}
	return whiteLine
}

func (t *input) fail(at int, want string) int {
	t.fault, t.at, t.want = record.BadJSON, at, want
	return -1
}

func (t *input) deep(at int) int {
	t.fault, t.at, t.want = record.TooDeep, at, "fewer arrays and objects inside each other"
	return -1
}

// space skips white space.
func (t *input) space(i int) int {
	for i < t.end {
		if c := mem.At(t.data, i); c > ' ' || t.white>>c&1 == 0 {
			break
		}
		i++
	}
	return i
}

// stringEnd is the position of the first quote, backslash or control byte at or after i.
func (t *input) stringEnd(i int) int {
	if t.marks != nil {
		return scan.NextStop(t.marks, i)
	}
	return scan.StringEnd(t.data, i)
}

// closing reads a string's content, from behind its opening quote up to the closing one, and tells whether it has escapes.
func (t *input) closing(i int) (end int, escaped bool) {
	for {
		i = t.stringEnd(i)
		switch mem.At(t.data, i) {
		case '"':
			return i, escaped
		case '\\':
			n := escape(t.data, i)
			if n == 0 {
				return t.fail(i, `an escape: \" \\ \/ \b \f \n \r \t \uXXXX`), false
			}
			escaped = true
			i += n
		default:
			if i >= t.end {
				return t.fail(t.end, "a closing quote"), false
			}
			return t.fail(i, "no control character in a string"), false
		}
	}
}

// escape is the length of the escape at b[i], 0 when it is none.
func escape(b []byte, i int) int {
	switch mem.At(b, i+1) {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if _, ok := hex4(b, i+2); ok {
			return 6
		}
	}
	return 0
}

// hex4 is the value of the four hexadecimal digits at b[i].
func hex4(b []byte, i int) (rune, bool) {
	one, two, three, four := nibbles[mem.At(b, i)], nibbles[mem.At(b, i+1)], nibbles[mem.At(b, i+2)], nibbles[mem.At(b, i+3)]
	return rune(one)<<12 | rune(two)<<8 | rune(three)<<4 | rune(four), one|two|three|four < 16
}

// nibbles are what hexadecimal digits stand for, 255 for other bytes.
var nibbles = func() (t [256]byte) {
	for c := range t {
		t[c] = 255
	}
	for d := range byte(10) {
		t['0'+d] = d
	}
	for d := range byte(6) {
		t['a'+d], t['A'+d] = 10+d, 10+d
	}
	return t
}()

func digits(b []byte, i int) int {
	for {
		k := scan.DigitRun(mem.Load64(b, i))
		if i += k; k < 8 {
			return i
		}
	}
}

// number reads a number.
func (t *input) number(i int) int {
	if k := scan.DigitRun(mem.Load64(t.data, i)); k > 0 && k < 8 && (k == 1 || mem.At(t.data, i) != '0') {
		if c := mem.At(t.data, i+k); c == ',' || c == '}' || c == ']' {
			return i + k // a small integer
		}
	}
	if mem.At(t.data, i) == '-' {
		i++
	}
	j := digits(t.data, i)
	if j == i {
		return t.fail(i, "a digit")
	} else if j > i+1 && mem.At(t.data, i) == '0' {
		return t.fail(i+1, "no digit behind a leading zero")
	}
	if mem.At(t.data, j) == '.' {
		i, j = j+1, digits(t.data, j+1)
		if i == j {
			return t.fail(i, "a digit")
		}
	}
	if mem.At(t.data, j)|0x20 == 'e' {
		if i = j + 1; mem.At(t.data, i) == '+' || mem.At(t.data, i) == '-' {
			i++
		}
		if j = digits(t.data, i); i == j {
			return t.fail(i, "a digit")
		}
	}
	return j
}

const (
	wordNull  = 'n' | 'u'<<8 | 'l'<<16 | 'l'<<24
	wordTrue  = 't' | 'r'<<8 | 'u'<<16 | 'e'<<24
	wordFalse = 'f' | 'a'<<8 | 'l'<<16 | 's'<<24
)

// literal is which of null, true and false stands at i, and the position behind it.
func literal(b []byte, i int) (kind, int) {
	switch mem.Load32(b, i) {
	case wordNull:
		return isNull, i + 4
	case wordTrue:
		return isTrue, i + 4
	case wordFalse:
		if mem.At(b, i+4) == 'e' {
			return isFalse, i + 5
		}
	}
	return 0, -1
}

// value reads the value at i without looking into arrays and objects, inside of which depth containers are open.
func (t *input) value(i, depth int) (k kind, end int, escaped bool) {
	switch c := mem.At(t.data, i); c {
	case '"':
		if end, escaped = t.closing(i + 1); end >= 0 {
			end++
		}
		return isText, end, escaped
	case '{':
		return isObject, t.skip(i, depth), false
	case '[':
		return isArray, t.skip(i, depth), false
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return isNumber, t.number(i), false
	default:
		if k, end = literal(t.data, i); end < 0 {
			t.fail(i, "a value")
		}
		return k, end, false
	}
}

// skip reads the array or object at i. It is a loop with a stack of bits, so that deep nesting costs a bit a level.
func (t *input) skip(i, depth int) int {
	level := 0 // containers open here
	for {
		// A value stands at i.
		c := mem.At(t.data, i)
		if c == '{' || c == '[' {
			if depth+level >= t.depth {
				return t.deep(i)
			}
			t.push(level, c == '{')
			level++
			i = t.space(i + 1)
			// '}' is '{'+2 and ']' is '['+2.
			if mem.At(t.data, i) != c+2 {
				if c == '{' {
					if i = t.key(i); i < 0 {
						return -1
					}
				}
				continue
			}
			i++
			level--
		} else if c == '"' {
			if i, _ = t.closing(i + 1); i < 0 {
				return -1
			}
			i++
		} else if c == '-' || c-'0' <= 9 {
			if i = t.number(i); i < 0 {
				return -1
			}
		} else if _, j := literal(t.data, i); j >= 0 {
			i = j
		} else {
			return t.fail(i, "a value")
		}
		if i, level = t.after(i, level); level <= 0 {
			return i
		}
	}
}

// after reads what follows a value inside level containers: brackets that close, then a comma and, in an object, the next key. It gives
// the start of the next value, level 0 at the end of the outermost container, or -1.
func (t *input) after(i, level int) (int, int) {
	for level > 0 {
		object := t.open[(level-1)>>6]>>(uint(level-1)&63)&1 == 1
		if c := mem.At(t.data, i); c <= ' ' {
			i = t.space(i)
		}
		switch c := mem.At(t.data, i); {
		case c == ',':
			i = t.space(i + 1)
			if object {
				i = t.key(i)
			}
			if i < 0 {
				return -1, 0
			}
			return i, level
		case c == '}' && object || c == ']' && !object:
			i++
			level--
		case object:
			return t.fail(i, "a comma or }"), 0
		default:
			return t.fail(i, "a comma or ]"), 0
		}
	}
	return i, 0
}

// key reads a key and the colon, up to the value.
func (t *input) key(i int) int {
	if mem.At(t.data, i) != '"' {
		return t.fail(i, "a key in quotes")
	}
	i++
	if m := stops(mem.Load64(t.data, i)); m != 0 && mem.At(t.data, i+bits.TrailingZeros64(m)>>3) == '"' {
		i += bits.TrailingZeros64(m) >> 3 // a short key
	} else if i, _ = t.closing(i); i < 0 {
		return -1
	}
	if mem.At(t.data, i+1) == ':' && mem.At(t.data, i+2) > ' ' {
		return i + 2
	}
	return t.colon(i + 1)
}

// stops marks the quotes, backslashes and control characters in w: the lowest mark is right.
func stops(w uint64) uint64 {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	q, s := w^(ones*'"'), w^(ones*'\\')
	return ((q-ones)&^q | (s-ones)&^s | (w-ones*0x20)&^w) & highs
}

// colon reads a colon and the white space around it.
func (t *input) colon(i int) int {
	if mem.At(t.data, i) != ':' {
		if i = t.space(i); mem.At(t.data, i) != ':' {
			return t.fail(i, "a colon")
		}
	}
	if i++; mem.At(t.data, i) <= ' ' {
		i = t.space(i)
	}
	return i
}

func (t *input) push(level int, object bool) {
	if level>>6 == len(t.open) {
		t.open = append(t.open, 0)
	}
	bit := uint64(1) << (uint(level) & 63)
	if object {
		t.open[level>>6] |= bit
	} else {
		t.open[level>>6] &^= bit
	}
}

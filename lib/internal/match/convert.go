package match

import (
	"bytes"
	"math"
	"strings"

	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// converter reads the value data[i:end] into the row under way.
type converter func(b *record.Builder, e *step, data []byte, i, end int, escaped bool) bool

func word(v uint64, b *record.Builder, e *step) bool {
	if e.col >= 0 {
		b.Cols[e.col].Words[b.Row] = v
	}
	return true
}

// convertText stores a text and, where it is a level, what it means.
func convertText(b *record.Builder, e *step, data []byte, i, end int, escaped bool) bool {
	if e.col >= 0 {
		e.store(b, &b.Cols[e.col], data, i, end, escaped)
	}
	if c := e.more[0]; c >= 0 {
		if severity, known := value.Severity(data, i, end-i); known {
			b.Cols[c].Words[b.Row] = severity
		} else {
			b.Null(&b.Cols[c])
		}
	}
	return true
}

// convertTarget stores a target, without the dash behind one that has no arguments.
func convertTarget(b *record.Builder, e *step, data []byte, i, end int, escaped bool) bool {
	if end > i+1 && data[end-1] == '-' && bytes.IndexByte(data[i:end], '?') < 0 {
		if end--; e.isNull(data, i, end) {
			if e.col >= 0 {
				b.Null(&b.Cols[e.col])
			}
			return true
		}
	}
	return convertText(b, e, data, i, end, escaped)
}

// convertLevel stores a level and what it means. What is none is refused.
func convertLevel(b *record.Builder, e *step, data []byte, i, end int, _ bool) bool {
	severity, known, ok := e.levels.meaning(data, i, end)
	if !ok {
		return false
	}
	if e.col >= 0 {
		b.SetText(&b.Cols[e.col], data, i, end-i)
	}
	if c := e.more[0]; c >= 0 && known {
		b.Cols[c].Words[b.Row] = severity
	} else if c >= 0 {
		b.Null(&b.Cols[c])
	}
	return true
}

// convertUnquote stores a text without the quotes around it, if there are any, and without the escapes between them.
func convertUnquote(b *record.Builder, e *step, data []byte, i, end int, _ bool) bool {
	if e.col < 0 {
		return true
	}
	quoted := end-i >= 2 && (data[i] == '"' || data[i] == '\'') && data[i] == data[end-1]
	if quoted {
		i, end = i+1, end-1
	}
	if !quoted || bytes.IndexByte(data[i:end], '\\') < 0 {
		b.SetText(&b.Cols[e.col], data, i, end-i)
		return true
	}
	start := len(b.Side)
	b.Side = value.Literal(b.Side, data[i:end])
	b.SetSide(&b.Cols[e.col], start)
	return true
}

func convertInt(b *record.Builder, e *step, data []byte, i, end int, _ bool) bool {
	v, ok := value.Int(data, i, end-i)
	return ok && word(uint64(v), b, e)
}

func convertHex(b *record.Builder, e *step, data []byte, i, end int, _ bool) bool {
	v, ok := value.Hex(data, i, end-i)
	return ok && v <= math.MaxInt64 && word(v, b, e)
}

func convertSize(b *record.Builder, e *step, data []byte, i, end int, _ bool) bool {
	v, ok := value.Size(data[i:end])
	return ok && word(uint64(v), b, e)
}

// convertPriority splits the number of a syslog line.
func convertPriority(b *record.Builder, e *step, data []byte, i, end int, _ bool) bool {
	v, ok := value.Uint(data, i, end-i)
	if !ok || v > 191 {
		return false
	}
	if c := e.more[0]; c >= 0 {
		b.Cols[c].Words[b.Row] = v & 7
	}
	return word(v>>3, b, e)
}

func convertUint(b *record.Builder, e *step, data []byte, i, end int, _ bool) bool {
	v, ok := value.Uint(data, i, end-i)
	return ok && word(v, b, e)
}

func convertFloat(b *record.Builder, e *step, data []byte, i, end int, _ bool) bool {
	v, ok := value.Float(data, i, end-i)
	return ok && word(math.Float64bits(v), b, e)
}

func convertDuration(b *record.Builder, e *step, data []byte, i, end int, _ bool) bool {
	const most = 1 << 32 // times the unit of a second it still fits
	if v, ok := value.Uint(data, i, end-i); ok && v < most && e.unit > 0 && e.unit <= 1e9 {
		return word(v*uint64(e.unit), b, e)
	}
	v, ok := value.Duration(data[i:end], e.unit)
	return ok && word(uint64(v), b, e)
}

func convertClock(b *record.Builder, e *step, data []byte, i, end int, _ bool) bool {
	v, ok := value.Clock(data[i:end])
	return ok && word(uint64(v), b, e)
}

func convertBool(b *record.Builder, e *step, data []byte, i, end int, _ bool) bool {
	v, ok := value.Bool(data, i, end-i)
	if ok && e.col >= 0 {
		b.SetBool(&b.Cols[e.col], v)
	}
	return ok
}

func convertIP(b *record.Builder, e *step, data []byte, i, end int, escaped bool) bool {
	if !value.IP(data[i:end]) {
		return false
	}
	if e.col >= 0 {
		e.store(b, &b.Cols[e.col], data, i, end, escaped)
	}
	return true
}

// convertHostPort splits at the last colon. The port may be missing; brackets around an IPv6 address go.
func convertHostPort(b *record.Builder, e *step, data []byte, i, end int, escaped bool) bool {
	i, end, port, hasPort := value.HostPort(data, i, end)
	if e.col >= 0 {
		e.store(b, &b.Cols[e.col], data, i, end, escaped)
	}
	if c := e.more[0]; c >= 0 {
		if hasPort {
			b.Cols[c].Words[b.Row] = port
		} else {
			b.Null(&b.Cols[c])
		}
	}
	return true
}

// convertIPPort is an address that may have a port behind it: "2001:db8::7" has none.
func convertIPPort(b *record.Builder, e *step, data []byte, i, end int, escaped bool) bool {
	if !value.IP(data[i:end]) {
		if from, to, _, ok := value.HostPort(data, i, end); !ok || !value.IP(data[from:to]) {
			return false
		}
		return convertHostPort(b, e, data, i, end, escaped)
	}
	if c := e.more[0]; c >= 0 {
		b.Null(&b.Cols[c])
	}
	return convertIP(b, e, data, i, end, escaped)
}

// convertHostParen splits host(port).
func convertHostParen(b *record.Builder, e *step, data []byte, i, end int, _ bool) bool {
	hostEnd, port, hasPort := end, uint64(0), false
	if end > i && data[end-1] == ')' {
		if open := bytes.LastIndexByte(data[i:end], '('); open >= 0 {
			if port, hasPort = value.Uint(data, i+open+1, end-i-open-2); hasPort {
				hostEnd = i + open
			}
		}
	}
	if e.col >= 0 {
		b.SetText(&b.Cols[e.col], data, i, hostEnd-i)
	}
	if c := e.more[0]; c >= 0 && hasPort {
		b.Cols[c].Words[b.Row] = port
	} else if c >= 0 {
		b.Null(&b.Cols[c])
	}
	return true
}

// convertDotted splits a name at its last dot, or another byte.
func convertDotted(b *record.Builder, e *step, data []byte, i, end int, _ bool) bool {
	at := byte('.')
	if set := e.element.Set; set != "" {
		at = set[0]
	}
	dot := bytes.LastIndexByte(data[i:end], at)
	first := end
	if dot >= 0 {
		first = i + dot
	}
	if e.col >= 0 {
		b.SetText(&b.Cols[e.col], data, i, first-i)
	}
	if c := e.more[0]; c >= 0 && dot >= 0 {
		b.SetText(&b.Cols[c], data, first+1, end-first-1)
	} else if c >= 0 {
		b.Null(&b.Cols[c])
	}
	return true
}

// convertTook stores a text and the duration that it begins with.
func convertTook(b *record.Builder, e *step, data []byte, i, end int, escaped bool) bool {
	if e.col >= 0 {
		e.store(b, &b.Cols[e.col], data, i, end, escaped)
	}
	c := e.more[0]
	if c < 0 {
		return true
	}
	if number, ok := bytes.CutPrefix(data[i:end], []byte("duration: ")); ok {
		if n := bytes.Index(number, []byte(" ms")); n > 0 {
			if v, ok := value.Duration(number[:n], 1e6); ok {
				b.Cols[c].Words[b.Row] = uint64(v)
				return true
			}
		}
	}
	b.Null(&b.Cols[c])
	return true
}

// convertTag splits name[id]: of a syslog line.
func convertTag(b *record.Builder, e *step, data []byte, i, end int, _ bool) bool {
	if data[end-1] == ':' {
		end--
	}
	nameEnd, id, idEnd := end, end, end
	if end > i && data[end-1] == ']' {
		if open := bytes.LastIndexByte(data[i:end], '['); open > 0 {
			nameEnd, id, idEnd = i+open, i+open+1, end-1
		}
	}
	if e.col >= 0 {
		b.SetText(&b.Cols[e.col], data, i, nameEnd-i)
	}
	if c := e.more[0]; c >= 0 && idEnd > id {
		b.SetText(&b.Cols[c], data, id, idEnd-id)
	} else if c >= 0 {
		b.Null(&b.Cols[c])
	}
	return true
}

// convertFirstIP takes the first item of a list that is an address.
func convertFirstIP(b *record.Builder, e *step, data []byte, i, end int, _ bool) bool {
	set := e.element.Set
	for i < end {
		next := i
		for next < end && strings.IndexByte(set, data[next]) < 0 {
			next++
		}
		if value.IP(data[i:next]) {
			if e.col >= 0 {
				b.SetText(&b.Cols[e.col], data, i, next-i)
			}
			return true
		}
		i = next + 1
	}
	return false
}

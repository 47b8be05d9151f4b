package match

import (
	"strconv"
	"unicode/utf8"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// quotedEnd is the position behind the Go string that begins at i, 0 when there is none: what begins with a quote and is no string in
// the syntax of Go is plain text.
func quotedEnd(data []byte, i int) int {
	switch mem.At(data, i) {
	case '`':
		if j := scan.Find(data, i+1, '`', '\n'); mem.At(data, j) == '`' {
			return j + 1
		}
	case '"':
		for j := i + 1; ; j++ {
			j = scan.Find3(data, j, '"', '\\', '\n')
			switch mem.At(data, j) {
			case '"':
				return j + 1
			case '\n':
				return 0
			}
			n := escapeAt(data[j:min(len(data), j+10)])
			if n == 0 {
				return 0
			}
			j += n - 1
		}
	}
	return 0
}

// escapeAt is how long the escape is that text begins with, 0 when it is none of Go's.
func escapeAt(text []byte) int {
	_, _, tail, err := strconv.UnquoteChar(mem.String(text), '"')
	if err != nil {
		return 0
	}
	return len(text) - len(tail)
}

// unquoted stores the text between the quotes of a Go string.
func (w *worker) unquoted(b *record.Builder, data []byte, e *step, at *extent) (int, record.Fault) {
	i, end := at.start+1, at.end-1
	escaped := data[at.start] == '"' && scan.Find3(data, i, '\\', '"', '\n') < end
	if !escaped {
		at.start, at.end = i, end
		return w.content(b, data, e, at)
	}
	start := len(b.Side)
	b.Side = unquoteGo(b.Side, data[i:end])
	return w.assembled(b, e, start, at)
}

// content is assign for what stood between quotes: there no text at all is always the empty text.
func (w *worker) content(b *record.Builder, data []byte, e *step, at *extent) (int, record.Fault) {
	if at.start == at.end && e.textual() {
		if e.col >= 0 {
			b.SetText(&b.Cols[e.col], data, at.start, 0)
		}
		return at.next, record.NoFault
	}
	return w.assign(b, data, e, at)
}

// unquoteGo appends text, which stood between double quotes and whose escapes are known to be right, to dst.
func unquoteGo(dst, text []byte) []byte {
	for len(text) > 0 {
		if text[0] != '\\' {
			dst = append(dst, text[0])
			text = text[1:]
			continue
		}
		r, multi, tail, err := strconv.UnquoteChar(mem.String(text), '"')
		if err != nil {
			return append(dst, text...)
		}
		if r < utf8.RuneSelf || !multi {
			dst = append(dst, byte(r))
		} else {
			dst = utf8.AppendRune(dst, r)
		}
		text = text[len(text)-len(tail):]
	}
	return dst
}

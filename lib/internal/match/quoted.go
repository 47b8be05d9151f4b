package match

import (
	"strconv"
	"unicode/utf8"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// quotedEnd is the position behind the Go string that begins at i, 0 when there is none: what begins with a quote and is no string in
// the syntax of Go is plain text. Single quotes hold a string too.
func quotedEnd(data []byte, i int) int {
	switch quote := mem.At(data, i); quote {
	case '`':
		if j := scan.Find(data, i+1, '`', '\n'); mem.At(data, j) == '`' {
			return j + 1
		}
	case '"', '\'':
		for j := i + 1; ; j++ {
			j = scan.Find3(data, j, quote, '\\', '\n')
			switch mem.At(data, j) {
			case quote:
				return j + 1
			case '\n':
				return 0
			}
			n := escapeAt(data[j:min(len(data), j+10)], quote)
			if n == 0 {
				return 0
			}
			j += n - 1
		}
	}
	return 0
}

// escapeAt is how long the escape is that text begins with, 0 when it is none of Go's within such quotes.
func escapeAt(text []byte, quote byte) int {
	_, _, tail, err := strconv.UnquoteChar(mem.String(text), quote)
	if err != nil {
		return 0
	}
	return len(text) - len(tail)
}

// unquoted stores the text between the quotes of a Go string.
func (w *worker) unquoted(b *record.Builder, data []byte, e *step, at *extent) (int, record.Fault) {
	i, end, quote := at.start+1, at.end-1, data[at.start]
	escaped := quote != '`' && scan.Find3(data, i, '\\', quote, '\n') < end
	if !escaped {
		at.start, at.end = i, end
		return w.content(b, data, e, at)
	}
	start := len(b.Side)
	b.Side = unquoteGo(b.Side, data[i:end], quote)
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

// unquoteGo appends text, which stood between such quotes and whose escapes are known to be right, to dst. Between single quotes, as
// VictoriaLogs has it, an escape is always a character: \xe9 is \u00e9.
func unquoteGo(dst, text []byte, quote byte) []byte {
	for len(text) > 0 {
		if text[0] != '\\' {
			dst = append(dst, text[0])
			text = text[1:]
			continue
		}
		r, multi, tail, err := strconv.UnquoteChar(mem.String(text), quote)
		if err != nil {
			return append(dst, text...)
		}
		if r < utf8.RuneSelf || !multi && quote == '"' {
			dst = append(dst, byte(r))
		} else {
			dst = utf8.AppendRune(dst, r)
		}
		text = text[len(text)-len(tail):]
	}
	return dst
}

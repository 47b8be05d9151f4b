package keyvalue

import (
	"bytes"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/texts"
	"github.com/sawlog/sawlog/lib/record"
)

// grammar is how pairs are written.
type grammar struct {
	kv, field  string // the delimiters
	standalone bool
	lenient    bool
	plain      bool // no quotes, and blanks are content
	blanks     bool // field is blanks
	bytes      bool // both delimiters are one byte
}

// reader takes lines apart, one at a time.
type reader struct {
	grammar
	*texts.Store
	whole bool   // line feeds are content
	keys  []byte // the record's keys that had to be written anew

	at   int // why the last line is no record
	want string
}

// read takes the line data[i:end] apart. A newline and slack stand at or behind end.
func (r *reader) read(data []byte, i, end int) record.Fault {
	r.Data, r.Values, r.keys = data, r.Values[:0], r.keys[:0]
	if r.at, r.want = i, "a key"; texts.Blank(data[i:end]) {
		return record.Empty
	}
	for i = r.skip(i, end); i < end; i = r.skip(i, end) {
		v := texts.Value{}
		if i = r.pair(&v, i, end); i < 0 {
			return record.NoMatch
		}
		r.Values = append(r.Values, v)
	}
	if len(r.Values) == 0 {
		return record.NoMatch
	}
	return record.NoFault
}

// skip goes over blanks and field delimiters.
func (r *reader) skip(i, end int) int {
	for i < end {
		switch c := r.Data[i]; {
		case !r.plain && (c == ' ' || c == '\t'):
			i++
		case c == r.field[0] && r.stands(r.field, i, end):
			i += len(r.field)
		default:
			return i
		}
	}
	return i
}

func (r *reader) stands(text string, i, end int) bool {
	return end-i >= len(text) && mem.String(r.Data[i:i+len(text)]) == text
}

func (r *reader) skipBlanks(i, end int) int {
	for i < end && (r.Data[i] == ' ' || r.Data[i] == '\t') {
		i++
	}
	return i
}

func (r *reader) trimBlanks(i, end int) int {
	for end > i && (r.Data[end-1] == ' ' || r.Data[end-1] == '\t') {
		end--
	}
	return end
}

// pair reads the pair at i, which is no blank, and gives the position behind it; -1 for a broken one.
func (r *reader) pair(v *texts.Value, i, end int) int {
	if c := r.Data[i]; !r.plain && (c == '"' || c == '\'') {
		if next := r.quotedKey(v, i, end); next >= 0 {
			return next
		}
	}
	kv, token := r.token(i, end)
	switch {
	case !r.plain && r.emptyQuotes(i, kv, token):
		r.at, r.want = i, "a key"
		return -1
	case kv > i:
		v.Key = r.Data[i:r.trimmed(i, kv)]
		return r.value(v, kv+len(r.kv), end)
	case r.standalone:
		// A delimiter with no key in front is part of one.
		v.Key = r.Data[i:r.trimmed(i, token)]
		r.bare(v, token)
		return token
	}
	r.at, r.want = i, "a key, and "+r.kv
	if kv < 0 {
		r.at = token
	}
	return -1
}

// emptyQuotes tells whether the key at i, which ends at kv or, without a delimiter, at token, is two quotes with nothing between them.
func (r *reader) emptyQuotes(i, kv, token int) bool {
	if kv < 0 {
		kv = token
	}
	kv = r.trimmed(i, kv)
	return kv == i+2 && (r.Data[i] == '"' || r.Data[i] == '\'') && r.Data[i] == r.Data[i+1]
}

func (r *reader) bare(v *texts.Value, at int) {
	v.Kind, v.Bare, v.At, v.End = texts.True, true, at, at
}

func (r *reader) trimmed(i, end int) int {
	if r.plain {
		return end
	}
	return r.trimBlanks(i, end)
}

// token finds where the key at i ends: at the delimiter kv (-1: none), or, when it is a standalone one, at the field delimiter or end.
func (r *reader) token(i, end int) (kv, token int) {
	if !r.standalone && !r.plain {
		return r.index(r.kv, i, end), end
	}
	if r.bytes && !r.whole {
		token = min(scan.Find3(r.Data, i, r.kv[0], r.field[0], '\n'), end)
		if token < end && r.Data[token] == r.kv[0] {
			if kv = token; kv == i && r.standalone {
				token = min(scan.Find(r.Data, i, r.field[0], '\n'), end)
			}
			return kv, token
		}
		kv = -1
	} else {
		if token = r.index(r.field, i, end); token < 0 {
			token = end
		}
		if kv = r.index(r.kv, i, token); kv >= 0 {
			return kv, token
		}
	}
	if r.lenient && r.blanks && token < end {
		if j := r.skipBlanks(token, end); r.stands(r.kv, j, end) {
			return j, token
		}
	}
	return kv, token
}

// index is the first place of text in Data[i:end], -1: none.
func (r *reader) index(text string, i, end int) int {
	k := bytes.Index(r.Data[i:end], mem.Bytes(text))
	if k < 0 {
		return -1
	}
	return i + k
}

// value reads the value behind a delimiter.
func (r *reader) value(v *texts.Value, i, end int) int {
	if r.lenient {
		i = r.skipBlanks(i, end)
	}
	if i < end && !r.plain && (r.Data[i] == '"' || r.Data[i] == '\'') {
		if close, escaped := r.quoted(i, end); close >= 0 && r.ends(close+1, end) {
			v.At, v.End, v.Kind = i+1, close, texts.Text
			if escaped {
				v.At, v.End, v.Escaped = i, close+1, true
			} else if v.At == v.End {
				v.Kind = texts.Empty
			}
			return close + 1
		}
	}
	stop := end
	if len(r.field) == 1 && !r.whole {
		stop = min(scan.Find(r.Data, i, r.field[0], '\n'), end)
	} else if k := r.index(r.field, i, end); k >= 0 {
		stop = k
	}
	if !r.plain {
		i = r.skipBlanks(i, stop)
	}
	v.At, v.End = i, r.trimmed(i, stop)
	return stop
}

// ends tells whether a field may end at i.
func (r *reader) ends(i, end int) bool {
	if r.stands(r.field, i, end) {
		return true
	}
	i = r.skipBlanks(i, end)
	return i == end || r.stands(r.field, i, end)
}

// quotedKey reads a pair whose key stands in quotes; -1: it does not.
func (r *reader) quotedKey(v *texts.Value, i, end int) int {
	close, escaped := r.quoted(i, end)
	if close < 0 || close == i+1 {
		return -1
	}
	behind := close + 1
	j := behind
	if r.lenient {
		j = r.skipBlanks(j, end)
	}
	full := r.stands(r.kv, j, end)
	if !full && !(r.standalone && r.ends(behind, end)) {
		return -1
	}
	v.Key = r.Data[i+1 : close]
	if escaped {
		start := len(r.keys)
		r.keys = unescape(r.keys, r.Data[i:behind])
		v.Key = r.keys[start:]
	}
	if full {
		return r.value(v, j+len(r.kv), end)
	}
	r.bare(v, behind)
	return behind
}

// quoted is the place of the quote that closes the one at i, -1: none, and whether there is anything to undo before it.
func (r *reader) quoted(i, end int) (close int, escaped bool) {
	quote := r.Data[i]
	for i++; i < end; i++ {
		if r.whole {
			i += indexAny(r.Data[i:end], quote)
		} else {
			i = scan.Find3(r.Data, i, quote, '\\', '\n')
		}
		switch {
		case i >= end:
			return -1, false
		case r.Data[i] == '\\':
		case i+1 < end && r.Data[i+1] == quote:
		default:
			return i, escaped
		}
		escaped = true
		i++
	}
	return -1, false
}

// indexAny is the first place of a quote or a backslash, the length of text where there is none.
func indexAny(text []byte, quote byte) int {
	for i, c := range text {
		if c == quote || c == '\\' {
			return i
		}
	}
	return len(text)
}

// unescape appends what a quoted text says; its quotes are the first and the last byte. A backslash stands before quotes, another backslash
// and n alone: writers that escape nothing have it before other letters in paths and in the names of domains (C:\temp, CORP\ann).
func unescape(dst, text []byte) []byte {
	quote, text := text[0], text[1:len(text)-1]
	for i := 0; i < len(text); i++ {
		c := text[i]
		if i+1 < len(text) {
			switch next := text[i+1]; {
			case c == quote: // the first of two
				i++
			case c != '\\':
			case next == '"' || next == '\'' || next == '\\':
				c = next
				i++
			case next == 'n':
				c = '\n'
				i++
			}
		}
		dst = append(dst, c)
	}
	return dst
}

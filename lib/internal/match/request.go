package match

import (
	"bytes"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/pattern"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// request reads METHOD TARGET PROTOCOL in place and splits it. Here is the common case: a short method in capitals, a target without
// escapes, a protocol of eight bytes.
func (w *worker) request(b *record.Builder, data []byte, e *step, i int) (int, record.Fault) {
	if e.recent < 0 {
		return w.oddRequest(b, data, e, i)
	}
	m, p := scan.TwoTokenEnds(data, i)
	if mem.At(data, m) != ' ' || mem.At(data, p) != ' ' || p == m+1 || !e.after.at(data, p+9) {
		return w.oddRequest(b, data, e, i)
	}
	recent := &w.recent[e.recent]
	var methods, versions *record.Col
	if c := e.col; c >= 0 {
		methods = &b.Cols[c]
	}
	if c := e.more[1]; c >= 0 {
		versions = &b.Cols[c]
	}
	head := mem.Load64(data, i)
	method := &recent.methods[slot(uint32(head))&15]
	if !method.is(head, methods) {
		if n := m - i; n == 0 || n > 7 || !upper(data, i, m) {
			return w.oddRequest(b, data, e, i)
		}
		method.learn(methods, data, i, m-i, m-i+1)
	}
	head = mem.Load64(data, p+1)
	version := &recent.versions[slot(uint32(head>>32))&15]
	if !version.is(head, versions) {
		if !value.Protocol(data[p+1 : p+9]) {
			return w.oddRequest(b, data, e, i)
		}
		version.learn(versions, data, p+1, 8, 8)
	}
	row := b.Row
	if methods != nil {
		methods.Index[row] = method.index
	}
	if versions != nil {
		versions.Index[row] = version.index
	}
	if c := e.more[0]; c >= 0 {
		b.Cols[c].Views[row].Set(data, m+1, p-m-1, b.Buffer)
	}
	if c := e.more[2]; c >= 0 {
		b.Null(&b.Cols[c])
	}
	return p + 9 + e.after.n, record.NoFault
}

func upper(data []byte, i, end int) bool {
	for ; i < end; i++ {
		if data[i]-'A' > 'Z'-'A' {
			return false
		}
	}
	return true
}

// storeRequest writes the three parts and marks the whole as null.
func (e *step) storeRequest(b *record.Builder, data []byte, m, mEnd, t, tEnd, pEnd int) {
	if e.col >= 0 {
		b.SetText(&b.Cols[e.col], data, m, mEnd-m)
	}
	if c := e.more[0]; c >= 0 {
		b.SetText(&b.Cols[c], data, t, tEnd-t)
	}
	if c := e.more[1]; c >= 0 {
		b.SetText(&b.Cols[c], data, tEnd+1, pEnd-tEnd-1)
	}
	if c := e.more[2]; c >= 0 {
		b.Null(&b.Cols[c])
	}
}

// oddRequest reads any request. What is not METHOD TARGET PROTOCOL (binary, empty, no protocol) stands whole in the column request,
// escapes as written, and the three are null.
func (w *worker) oddRequest(b *record.Builder, data []byte, e *step, i int) (int, record.Fault) {
	end, next, _, ok := e.field(data, i)
	if !ok {
		return end, record.NoMatch
	}
	e.anyRequest(b, data, i, end)
	return next, record.NoFault
}

// anyRequest splits data[i:end], or stores it whole.
func (e *step) anyRequest(b *record.Builder, data []byte, i, end int) {
	text := data[i:end]
	if m, p, ok := value.Request(text); ok {
		e.storeRequest(b, data, i, i+m, i+m+1, i+p, end)
		if c := e.more[0]; c >= 0 && e.element.Escape != pattern.EscapeNone && bytes.IndexByte(text[m+1:p], '\\') >= 0 {
			e.store(b, &b.Cols[c], data, i+m+1, i+p, true)
		}
		return
	}
	for _, c := range [...]int{e.col, e.more[0], e.more[1]} {
		if c >= 0 {
			b.Null(&b.Cols[c])
		}
	}
	if c := e.more[2]; c >= 0 {
		if e.isNull(data, i, end) {
			b.Null(&b.Cols[c])
		} else {
			b.SetText(&b.Cols[c], data, i, end-i)
		}
	}
}

// convertAnyRequest is anyRequest for a request that has been found otherwise.
func convertAnyRequest(b *record.Builder, e *step, data []byte, i, end int, _ bool) bool {
	e.anyRequest(b, data, i, end)
	return true
}

// convertRequest splits a request of which each part may be missing by itself.
func convertRequest(b *record.Builder, e *step, data []byte, i, end int, _ bool) bool {
	text := data[i:end]
	m, p := bytes.IndexByte(text, ' '), bytes.LastIndexByte(text, ' ')
	if m <= 0 || p <= m+1 || bytes.IndexByte(text[m+1:p], ' ') >= 0 || p+1 == len(text) {
		for _, c := range [...]int{e.col, e.more[0], e.more[1]} {
			if c >= 0 {
				b.Null(&b.Cols[c])
			}
		}
		if c := e.more[2]; c >= 0 {
			b.SetText(&b.Cols[c], data, i, end-i)
		}
		return true
	}
	e.storeRequest(b, data, i, i+m, i+m+1, i+p, end)
	for c, part := range [...][]byte{text[:m], text[m+1 : p], text[p+1:]} {
		column := e.col
		if c > 0 {
			column = e.more[c-1]
		}
		if column >= 0 && string(part) == e.element.Null {
			b.Null(&b.Cols[column])
		}
	}
	return true
}

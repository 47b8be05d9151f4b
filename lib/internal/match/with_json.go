package match

import (
	"bytes"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// mostTails is how many places in a line are tried for the beginning of the JSON that ends it: a bound on the work.
const mostTails = 32

// convertWithJSON splits off the JSON that a text ends with, behind a blank or a tab: an object, and perhaps one value more. An empty array,
// which PHP writes for an object without members, is null.
func convertWithJSON(b *record.Builder, e *step, data []byte, i, end int, _ bool) bool {
	var values [2]span
	text, found := end, 0
	for j, tries := i, 0; j < end && tries < mostTails; j++ {
		if data[j] != '{' && data[j] != '[' || j > i && data[j-1] != ' ' && data[j-1] != '\t' {
			continue
		}
		tries++
		if found = e.tails(data, j, end, &values); found > 0 {
			text = j
			break
		}
	}
	for text > i && (data[text-1] == ' ' || data[text-1] == '\t') {
		text--
	}
	if e.col >= 0 {
		b.SetText(&b.Cols[e.col], data, i, text-i)
	}
	for k := range values {
		c := e.more[k]
		if c < 0 {
			continue
		}
		if v := values[k]; k < found && v.end-v.start > len("[]") {
			b.SetText(&b.Cols[c], data, v.start, v.end-v.start)
		} else {
			b.Null(&b.Cols[c])
		}
	}
	if c := e.more[2]; c >= 0 {
		b.Null(&b.Cols[c])
		for _, v := range values[:found] {
			if i, end := traceIn(data, v.start, v.end); end > i {
				b.SetText(&b.Cols[c], data, i, end-i)
				b.Present(&b.Cols[c])
				break
			}
		}
	}
	return true
}

// traceIn is where the trace stands in a JSON value data[i:end] that Monolog has written, which leaves the line feeds of a trace as they are:
// behind the line of its mark, up to the last line, which closes the text. Instead of line feeds there is some other byte here.
func traceIn(data []byte, i, end int) (start, stop int) {
	const mark = "[stacktrace]"
	at := bytes.Index(data[i:end], mem.Bytes(mark))
	if at < 1 || i+at+len(mark) == end {
		return 0, 0
	}
	feed := data[i+at-1]
	if start = i + at + len(mark); data[start] != feed {
		return 0, 0
	}
	last := bytes.LastIndexByte(data[start:end], feed)
	return start + 1, start + last
}

// tails reads the JSON values in data[j:end], as many as there are columns for, and gives their number: 0 where anything else stands there.
// One alone is an object, or the empty array.
func (e *step) tails(data []byte, j, end int, values *[2]span) int {
	most := 1
	if e.element.Third != "" {
		most = 2
	}
	for n := range most {
		stop, ok := value.JSONEnd(data, j, end)
		if !ok {
			return 0
		}
		values[n] = span{j, stop}
		for stop < end && (data[stop] == ' ' || data[stop] == '\t') {
			stop++
		}
		if j = stop; j == end {
			if first := values[0]; n == 0 && data[first.start] == '[' && first.end-first.start > len("[]") {
				return 0
			}
			return n + 1
		}
	}
	return 0
}

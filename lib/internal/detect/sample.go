package detect

import (
	"bytes"
	"slices"

	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// mostBytes is how much of the lines is parsed at most: what is long is told by fewer lines.
const mostBytes = 128 << 10

// Text is lines joined by line feeds, as parsers read them.
type Text struct {
	block []byte // with what may be read behind it
	end   int    // behind the line feed of the last line
	lines int
}

// Join makes a text of lines.
func Join(lines [][]byte) Text {
	t := Text{lines: len(lines)}
	for _, line := range lines {
		t.end += len(line) + 1
	}
	t.block = make([]byte, t.end+scan.Slack)
	at := 0
	for _, line := range lines {
		at += copy(t.block[at:], line)
		t.block[at] = '\n'
		at++
	}
	return t
}

// Bytes are the lines without the line feed of the last one.
func (t *Text) Bytes() []byte { return t.block[:max(t.end-1, 0)] }

func (t *Text) parse(schema *record.Schema, present bool, w record.Worker) *record.Batch {
	b := record.NewBuilder(schema, record.Heap, present)
	b.Start(t.lines)
	b.Begin(t.block, t.end, false)
	w.Parse(b, t.block, t.end)
	return b.Finish()
}

// Refused are the lines that a worker refuses.
func (t *Text) Refused(schema *record.Schema, present bool, w record.Worker) (lines [][]byte) {
	batch := t.parse(schema, present, w)
	defer batch.Release() // the texts are in our block
	for i := range batch.Rejects() {
		lines = append(lines, batch.Reject(i).Raw)
	}
	return lines
}

// Sample takes lines from the head, the middle and the tail of data, never the first line alone: logs begin with banners and in the
// middle of a trace. Blank lines say nothing and are left out.
func Sample(data []byte) [][]byte {
	data = bytes.TrimPrefix(data[:min(len(data), Size)], []byte("\ufeff"))
	if len(data) == Size {
		// The last line may be cut.
		if end := bytes.LastIndexByte(data, '\n'); end > 0 {
			data = data[:end]
		}
	}
	var all [][]byte
	size := 0
	for line := range bytes.SplitSeq(data, []byte{'\n'}) {
		if line = bytes.TrimSuffix(line, []byte{'\r'}); len(bytes.TrimSpace(line)) > 0 {
			all = append(all, line)
			size += len(line)
		}
	}
	each := perPart
	if size > mostBytes {
		each = max(few, min(each, int(mostBytes*int64(len(all))/int64(size)/3)))
	}
	return parts(all, each)
}

// Few are the lines of a sample by which Rank sees whether a format fits at all.
func Few(lines [][]byte) [][]byte { return parts(lines, few) }

// parts are the first, the middle and the last lines, each of them so many.
func parts(lines [][]byte, each int) [][]byte {
	if len(lines) <= 3*each {
		return lines
	}
	middle := len(lines)/2 - each/2
	return slices.Concat(lines[:each], lines[middle:middle+each], lines[len(lines)-each:])
}

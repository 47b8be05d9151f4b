package frame

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/sawlog/sawlog/lib/record"
)

// Parser shows blocks to workers. It is for one goroutine at a time.
type Parser struct {
	Lines record.Worker // of records without line feeds
	// NewWhole makes a worker that takes all it is given as one record; it is made when there is a record with line feeds.
	NewWhole func() record.Worker
	whole    record.Worker
}

// Parse adds a block's records and rejects to b. own: the memory of the block is b's.
func (p *Parser) Parse(b *record.Builder, block *Block, own bool) {
	l, before := block.Layout, b.Lines()
	b.Begin(block.Data, block.N, own)
	b.SetShifts(l.Shifts)
	p.Run(b, block.Data, block.N, l.Inner, l.Bad)
	b.Skip(l.Bytes - int64(block.N))
	b.SetShifts(nil)
	if got := b.Lines() - before; got != l.Units {
		b.Continue(l.Units - got) // a worker counts lines as it likes: what counts here are units
	}
}

// Run adds the records and rejects of data[:n], which is the block under way, with these line feeds inside records.
func (p *Parser) Run(b *record.Builder, data []byte, n int, feeds []Feed, bad []Bad) {
	for i := 0; i < n; {
		stop := n // the next thing that is not simply a line
		if len(feeds) > 0 {
			stop = feeds[0].At()
		}
		if len(bad) > 0 && bad[0].Start < stop {
			stop = bad[0].Start
			p.lines(b, data, i, stop)
			b.RejectCut(bad[0].Fault, bad[0].Start, bad[0].End, bad[0].Length)
			i = bad[0].End + 1
			for bad = bad[1:]; len(feeds) > 0 && feeds[0].At() < i; {
				feeds = feeds[1:]
			}
			continue
		}
		if stop == n {
			p.lines(b, data, i, stop)
			break
		}
		start := i + bytes.LastIndexByte(data[i:stop], '\n') + 1
		p.lines(b, data, i, start)
		joined := 0
		for i = start; ; {
			i += bytes.IndexByte(data[i:], '\n') + 1
			if len(feeds) == 0 || feeds[0].At() != i-1 {
				break
			}
			if feeds[0].Between() {
				joined++
			}
			feeds = feeds[1:]
		}
		p.record(b, data, start, i, joined)
	}
}

// lines parses data[i:n], which is records of one line each.
func (p *Parser) lines(b *record.Builder, data []byte, i, n int) {
	if i < n {
		b.From = i
		p.Lines.Parse(b, data, n)
		b.From = 0
	}
}

// record parses data[i:n] as one record of joined+1 units.
func (p *Parser) record(b *record.Builder, data []byte, i, n, joined int) {
	if p.whole == nil {
		p.whole = p.NewWhole()
	}
	before, lines := b.Tally(), b.Lines()
	b.From = i
	p.whole.Parse(b, data, n)
	b.From = 0
	b.Recount(before)
	if b.Lines() == lines { // neither a row nor a reject: a comment
		joined++
	}
	if joined > 0 {
		b.Continue(joined)
	}
}

// Explain says why a record, of one line or several, is one or not.
func (p *Parser) Explain(text []byte) record.Check {
	if bytes.IndexByte(text, '\n') < 0 {
		return p.Lines.Explain(text)
	}
	if p.whole == nil {
		p.whole = p.NewWhole()
	}
	return p.whole.Explain(text)
}

// AppendText appends a block's text as plain lines, for whoever looks at a sample: line feeds inside records are blanks there, and what
// is no record is left out.
func (block *Block) AppendText(to []byte) []byte {
	i := 0
	for k := 0; k <= len(block.Layout.Bad); k++ {
		end, next := block.N, block.N
		if k < len(block.Layout.Bad) {
			end, next = block.Layout.Bad[k].Start, block.Layout.Bad[k].End+1
		}
		start := len(to)
		to = append(to, block.Data[i:end]...)
		for _, f := range block.Layout.Inner {
			if at := f.At(); at >= i && at < end {
				to[start+at-i] = ' '
			}
		}
		i = next
	}
	return to
}

// Whole makes a worker for records of several lines of one that takes a line feed for the end: it is shown a byte in their place that the
// record does not have.
func Whole(lines record.Worker) record.Worker { return &whole{lines: lines} }

// WholeBy is Whole for a pattern in which this byte stands for line feeds. A record that has the byte itself is shown another one.
func WholeBy(lines record.Worker, feed byte) record.Worker { return &whole{lines: lines, feed: feed} }

type whole struct {
	lines record.Worker
	feed  byte  // that stands for line feeds; 0: any may
	at    []int // of line feeds
}

// Parse implements record.Worker.
func (w *whole) Parse(b *record.Builder, data []byte, n int) {
	from := b.From
	w.at = w.at[:0]
	for i := from; ; i++ {
		k := bytes.IndexByte(data[i:n-1], '\n')
		if k < 0 {
			break
		}
		i += k
		w.at = append(w.at, i)
	}
	if len(w.at) == 0 {
		w.lines.Parse(b, data, n)
		return
	}
	c := w.standIn(data[from : n-1])
	for _, i := range w.at {
		data[i] = c
	}
	point := b.Point()
	w.lines.Parse(b, data, n)
	for _, i := range w.at {
		data[i] = '\n'
	}
	b.Replace(point, c, '\n')
}

// Explain implements record.Worker.
func (w *whole) Explain(line []byte) record.Check {
	c := w.standIn(line)
	shown := bytes.ReplaceAll(line, []byte{'\n'}, []byte{c})
	check := w.lines.Explain(shown)
	if len(shown) > 0 && bytes.IndexByte(line, '\n') >= 0 {
		check.Seen = string(bytes.ReplaceAll([]byte(check.Seen), []byte{c}, []byte{'\n'}))
	}
	if w.feed != 0 {
		quoted := fmt.Sprintf("\\x%02x", w.feed)
		check.Element, check.Expected = strings.ReplaceAll(check.Element, quoted, "\\n"), strings.ReplaceAll(check.Expected, quoted, "\\n")
	}
	return check
}

func (w *whole) standIn(text []byte) byte {
	if w.feed != 0 && bytes.IndexByte(text, w.feed) < 0 {
		return w.feed
	}
	return standIn(text)
}

// standIn is a byte that is not in text, and whose escapes are not either.
func standIn(text []byte) byte {
	const hex = "0123456789abcdef"
	escapes := bytes.IndexByte(text, '\\') >= 0
	for _, high := range [...]bool{true, false} {
		for k := range byte(16) {
			c := k
			if high {
				c += 16
			}
			if c == 0 || c == '\n' || c == '\r' || c == '\t' || c == '\v' || c == '\f' || bytes.IndexByte(text, c) >= 0 {
				continue
			}
			octal := []byte{'0' + c>>6, '0' + c>>3&7, '0' + c&7}
			if escapes && (containsFold(text, []byte{hex[c>>4], hex[c&15]}) || bytes.Contains(text, octal)) {
				continue
			}
			return c
		}
	}
	return 0
}

// containsFold tells whether text has these hexadecimal digits, in either case.
func containsFold(text, digits []byte) bool {
	return bytes.Contains(text, digits) || bytes.Contains(text, bytes.ToUpper(digits))
}

package ingest

import (
	"context"
	"iter"

	sawlog "github.com/sawlog/sawlog/lib"

	"github.com/sawlog/sawlog/examples/services/internal/budget"
	"github.com/sawlog/sawlog/examples/services/internal/store"
)

// Lines collects single lines that came in envelopes, of several sources, and commits them together.
type Lines struct {
	in     *Ingester
	ctx    context.Context
	client string
	rows   Rows
	format Format
	parser *sawlog.RecordParser
	result Result

	lease      *budget.Lease // nil: who collects bounds it
	paid, most int64
}

// Lines begins a collection.
func (in *Ingester) Lines(ctx context.Context, client string) *Lines {
	return &Lines{in: in, ctx: ctx, client: client, rows: Rows{Received: in.options.Now().UTC()}}
}

// Bound has a lease pay for what is collected, and at most so many bytes of it: what lines have in common is in each of their records, so that
// a small document may become a large one.
func (l *Lines) Bound(lease *budget.Lease, most int64) { l.lease, l.most = lease, most }

// pay is called when something was collected.
func (l *Lines) pay() error {
	const step = 256 << 10
	size := int64(l.rows.Size())
	if l.lease == nil || size <= l.paid {
		return nil
	}
	if size > l.most {
		return ErrTooLarge
	}
	size += step
	if err := l.lease.Grow(l.ctx, 2*(size-l.paid)); err != nil { // slices grow by being copied
		return err
	}
	l.paid = size
	return nil
}

// Begin says whose lines come next and how they are to be read: by a format's name, or, when it is "" or names none, as the lines look.
func (l *Lines) Begin(source, format string, lines iter.Seq[string]) (err error) {
	l.rows.Source = source
	l.close()
	if format != "" && format != "auto" {
		if l.format, err = l.in.formats.Named(format); err == nil {
			return nil
		}
		if lines == nil {
			return err
		}
	}
	l.format, err = l.in.formats.Detect(l.client+"\x00"+source, sampleOf(lines))
	return err
}

func sampleOf(lines iter.Seq[string]) (sample []byte) {
	if lines == nil {
		return nil
	}
	for line := range lines {
		if len(sample)+len(line) >= sampleSize {
			break
		}
		sample = append(append(sample, line...), '\n')
	}
	return sample
}

// Line parses one record; line feeds inside are its content. An error means that the collection has become too large.
func (l *Lines) Line(text string, e Envelope) error {
	l.line([]byte(text), e)
	return l.pay()
}

func (l *Lines) line(line []byte, e Envelope) {
	if len(line) > l.in.options.Line {
		l.reject(line[:l.in.options.Line], "too_long", e)
		return
	}
	if l.parser == nil {
		p, err := l.format.Parser.NewRecordParser(line)
		if err != nil { // no schema can be made of this line: it stays a reject
			l.reject(line, "no_match", e)
			return
		}
		l.parser = p
	}
	b := l.parser.Parse(line)
	l.rows.AddFrom(b, l.format.Name, e)
	fault := ""
	if b.Rejects() > 0 {
		fault = b.Fault(0).String()
	}
	l.count(int64(b.Len()+b.Rejects()), int64(b.Len()), int64(b.Rejects()), int64(len(line)), fault)
}

// Reject takes a line that cannot be a record.
func (l *Lines) Reject(line []byte, fault string) { l.reject(line, fault, Envelope{}) }

func (l *Lines) reject(line []byte, fault string, e Envelope) {
	if e.Time.IsZero() {
		e.Time = l.rows.Received
	}
	l.count(1, 0, 1, int64(len(line)), fault)
	l.rows.RejectFrom(line, l.format.Name, fault, e)
}

// Record takes a record that needs no parsing; its error is as Line's.
func (l *Lines) Record(r store.Record, fields []byte) error {
	l.rows.AddRecord(r, fields)
	l.count(1, 1, 0, int64(len(fields)), "")
	return l.pay()
}

func (l *Lines) count(lines, records, rejects, bytes int64, fault string) {
	l.result.Lines += lines
	l.result.Records += records
	l.result.Rejects += rejects
	l.result.Bytes += bytes
	if fault != "" {
		if l.result.Faults == nil {
			l.result.Faults = map[string]int64{}
		}
		l.result.Faults[fault]++
	}
}

// Size is about how many bytes have been collected, Len how many records.
func (l *Lines) Size() int { return l.rows.Size() }

// Len is how many records have been collected.
func (l *Lines) Len() int { return l.rows.Len() }

// Commit stores what was collected, all or nothing.
func (l *Lines) Commit() (Result, error) { return l.Committing()() }

// Committing ends the collection, and gives a function that tries to store it, which can be called again after an error.
func (l *Lines) Committing() func() (Result, error) {
	l.close()
	l.result.Format = l.format.Name
	batch := l.rows.Take()
	return func() (Result, error) {
		if err := l.in.commit(l.ctx, batch); err != nil {
			return Result{Format: l.format.Name}, err
		}
		return l.result, nil
	}
}

func (l *Lines) close() {
	if l.parser != nil {
		l.parser.Close()
		l.parser = nil
	}
}

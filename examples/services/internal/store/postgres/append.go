package postgres

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/sawlog/sawlog/examples/services/internal/store"
)

var columns = []string{"time", "received", "source", "format", "level", "severity", "status", "fault", "fields"}

// Append copies all records and adds to the tallies, in one transaction.
func (s *Store) Append(ctx context.Context, batches []*store.Batch) error {
	return wrap("append", s.anew(pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.CopyFrom(ctx, pgx.Identifier{"record"}, columns, &rows{batches: batches, at: -1}); err != nil {
			return err
		}
		return count(ctx, tx, store.Count(batches))
	})))
}

// rows gives the records to COPY without making a list of them.
type rows struct {
	batches []*store.Batch
	at      int // in the first batch
	values  [9]any
}

func (r *rows) Next() bool {
	r.at++
	for len(r.batches) > 0 && r.at == len(r.batches[0].Records) {
		r.batches, r.at = r.batches[1:], 0
	}
	return len(r.batches) > 0
}

func (r *rows) Values() ([]any, error) {
	rec := &r.batches[0].Records[r.at]
	r.values = [9]any{rec.Time.UnixNano(), rec.Received, clean(rec.Source), clean(rec.Format), clean(rec.Level), int16(rec.Severity), int16(rec.Status), rec.Fault, cleanJSON(rec.Fields)}
	return r.values[:], nil
}

func (r *rows) Err() error { return nil }

// PostgreSQL's text has no NUL, and neither have its jsonb strings. Both become U+FFFD.
func clean(text string) string {
	if strings.IndexByte(text, 0) < 0 {
		return text
	}
	return strings.ReplaceAll(text, "\x00", "\ufffd")
}

func cleanJSON(fields []byte) []byte {
	escape := []byte(`\u0000`)
	if !bytes.Contains(fields, escape) {
		return fields
	}
	out := make([]byte, 0, len(fields))
	for i := 0; i < len(fields); i++ {
		switch {
		case fields[i] != '\\' || i+1 == len(fields):
			out = append(out, fields[i])
		case bytes.HasPrefix(fields[i:], escape):
			out = append(out, `\ufffd`...)
			i += len(escape) - 1
		default: // another escape, perhaps of a backslash: both of its bytes go together
			out = append(out, fields[i], fields[i+1])
			i++
		}
	}
	return out
}

// count adds to the tallies. The rows are in one order for every transaction, so that two of them never wait for each other.
func count(ctx context.Context, tx pgx.Tx, counts map[store.Tally]int64) error {
	var minutes, days, n []int64
	var sources, formats, levels []string
	var statuses []int16
	var rejects []bool
	for _, t := range store.Sorted(counts) {
		minutes, days, n = append(minutes, t.Minute), append(days, t.Day), append(n, counts[t])
		sources, formats, levels = append(sources, clean(t.Source)), append(formats, clean(t.Format)), append(levels, clean(t.Level))
		statuses, rejects = append(statuses, int16(t.Status)), append(rejects, t.Reject)
	}
	_, err := tx.Exec(ctx, `INSERT INTO tally AS t (minute, source, format, level, status, reject, day, n)
		SELECT minute, source, format, level, status, reject, day, sum(n)
		FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::smallint[], $6::boolean[], $7::bigint[], $8::bigint[]) AS u (minute, source, format, level, status, reject, day, n)
		GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7
		ON CONFLICT (minute, source, format, level, status, reject, day) DO UPDATE SET n = t.n + excluded.n`,
		minutes, sources, formats, levels, statuses, rejects, days, n)
	return err
}

func isEnd(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }

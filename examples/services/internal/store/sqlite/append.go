package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/sawlog/sawlog/examples/services/internal/store"
)

const (
	columns = 9
	many    = 64 // rows of one statement: fewer calls into SQLite
)

// inserts are the statements of Append, prepared once.
type inserts struct {
	many, one, tally *sql.Stmt
}

func prepare(ctx context.Context, db *sql.DB) (i inserts, err error) {
	const into, row = "INSERT INTO record (time, received, source, format, level, severity, status, fault, fields) VALUES ", "(?,?,?,?,?,?,?,?,?)"
	var errs [3]error
	i.many, errs[0] = db.PrepareContext(ctx, into+row+strings.Repeat(","+row, many-1))
	i.one, errs[1] = db.PrepareContext(ctx, into+row)
	i.tally, errs[2] = db.PrepareContext(ctx, `INSERT INTO tally (minute, source, format, level, status, reject, day, n) VALUES (?,?,?,?,?,?,?,?)
		ON CONFLICT DO UPDATE SET n = n + excluded.n`)
	return i, errors.Join(errs[:]...)
}

func (i inserts) close() error {
	var errs []error
	for _, s := range []*sql.Stmt{i.many, i.one, i.tally} {
		if s != nil {
			errs = append(errs, s.Close())
		}
	}
	return errors.Join(errs...)
}

// Append writes the batches in one transaction.
func (s *Store) Append(ctx context.Context, batches []*store.Batch) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return wrap("begin", err)
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	if err := s.records(ctx, tx, batches); err != nil {
		return wrap("insert", err)
	}
	tally := tx.StmtContext(ctx, s.inserts.tally)
	for t, n := range store.Count(batches) {
		if _, err := tally.ExecContext(ctx, t.Minute, t.Source, t.Format, t.Level, t.Status, t.Reject, t.Day, n); err != nil {
			return wrap("tally", err)
		}
	}
	return wrap("commit", tx.Commit())
}

func (s *Store) records(ctx context.Context, tx *sql.Tx, batches []*store.Batch) error {
	bulk, single := tx.StmtContext(ctx, s.inserts.many), tx.StmtContext(ctx, s.inserts.one)
	args := make([]any, 0, many*columns)
	for _, b := range batches {
		for i := range b.Records {
			if args = appendRow(args, &b.Records[i]); len(args) == cap(args) {
				if _, err := bulk.ExecContext(ctx, args...); err != nil {
					return err
				}
				args = args[:0]
			}
		}
	}
	for ; len(args) > 0; args = args[columns:] {
		if _, err := single.ExecContext(ctx, args[:columns]...); err != nil {
			return err
		}
	}
	return nil
}

func appendRow(args []any, r *store.Record) []any {
	return append(args, r.Time.UnixNano(), r.Received.UnixNano(), r.Source, r.Format, r.Level, r.Severity, r.Status, r.Fault, string(r.Fields))
}

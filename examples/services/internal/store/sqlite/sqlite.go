// Package sqlite is the store that needs no server: one file, written by SQLite compiled to Go (no C compiler, static binaries).
//
// Why SQLite and not Parquet files: a batch that is acknowledged must be on disk, and batches are small. SQLite's log takes a small
// transaction in one fsync, is intact after kill -9 by design, and answers a search with a cursor from an index. Parquet would want
// files of many thousands of rows, a log of its own for what has not come so far, and compaction.
package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/sawlog/sawlog/examples/services/internal/store"
)

//go:embed schema.sql
var schema string

//go:embed days.sql
var days string

// steps make the schema, one version after the other.
var steps = []string{schema, days}

// Store is a file of SQLite's.
type Store struct {
	write   *sql.DB // one connection: SQLite has one writer, and waiting for it here is fair
	read    *sql.DB // readers do not wait for the writer, nor it for them
	inserts inserts
}

// Options tell how to open.
type Options struct {
	Readers  int // connections for searching; 4
	MaxPages int // of 4 KiB; 0: as the disk has room. For tests of a full disk.
}

// Open opens a file, and makes it when it is missing.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	if o.Readers <= 0 {
		o.Readers = 4
	}
	s := &Store{}
	if err := private(path); err != nil {
		return nil, err
	}
	var err error
	// synchronous=full: the log reaches the disk with each commit, so that an acknowledged batch survives a power failure too.
	if s.write, err = open(path, 1, "_txlock=immediate", "synchronous(full)", "cache_size(-16384)", fmt.Sprintf("max_page_count(%d)", o.MaxPages)); err != nil {
		return nil, err
	}
	if s.read, err = open(path, o.Readers, "mode=ro", "query_only(true)", "cache_size(-4096)"); err != nil {
		return nil, errors.Join(err, s.write.Close())
	}
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if s.inserts, err = prepare(ctx, s.write); err != nil {
		return nil, errors.Join(wrap("prepare", err), s.Close())
	}
	return s, nil
}

// private makes the file, for its owner alone: there are logs in it. SQLite makes the files beside it with the same rights.
func private(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) { // with the rights that somebody has given it
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

func open(path string, connections int, option string, pragmas ...string) (*sql.DB, error) {
	name := "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + option + "&_pragma=busy_timeout(5000)&_pragma=journal_mode(wal)"
	for _, p := range pragmas {
		name += "&_pragma=" + p
	}
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

func (s *Store) migrate(ctx context.Context) error {
	var have int
	if err := s.write.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
		return wrap("read the schema's version", err)
	}
	switch version := len(steps); {
	case have == version:
		return nil
	case have > version:
		return fmt.Errorf("the file was written by a newer version (schema %d, this program knows %d)", have, version)
	}
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return wrap("begin", err)
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(ctx, strings.Join(steps[have:], "")+fmt.Sprintf("PRAGMA user_version = %d;", len(steps))); err != nil {
		return wrap("make the schema", err)
	}
	return wrap("commit the schema", tx.Commit())
}

// Ping tells whether the store can be read.
func (s *Store) Ping(ctx context.Context) error {
	var one int
	return wrap("ping", s.read.QueryRowContext(ctx, "SELECT count(*) FROM (SELECT 1 FROM record LIMIT 1)").Scan(&one))
}

// Expire removes in small steps, so that ingest never waits long for the writer.
func (s *Store) Expire(ctx context.Context, before time.Time) (int64, error) {
	var all int64
	for ctx.Err() == nil {
		result, err := s.write.ExecContext(ctx, "DELETE FROM record WHERE id IN (SELECT id FROM record WHERE received < ? LIMIT 2000)", before.UnixNano())
		if err != nil {
			return all, wrap("expire", err)
		}
		n, err := result.RowsAffected()
		if all += n; err != nil || n == 0 {
			break
		}
	}
	_, err := s.write.ExecContext(ctx, "DELETE FROM tally WHERE day < ?", store.DayOf(before))
	return all, wrap("expire tallies", err)
}

// Close closes the file.
func (s *Store) Close() error {
	return errors.Join(s.inserts.close(), s.read.Close(), s.write.Close())
}

// wrap says what was tried, and whether it is worth trying again.
func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	var e *sqlite.Error
	if errors.As(err, &e) {
		switch e.Code() & 0xff {
		case sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_INTERRUPT:
			return fmt.Errorf("%s: %w: %w", what, store.ErrUnavailable, err)
		}
	}
	if errors.Is(err, sql.ErrConnDone) || errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "database is closed") {
		return fmt.Errorf("%s: %w: %w", what, store.ErrUnavailable, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}

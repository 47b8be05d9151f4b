// Package postgres is the store for more than one process of loggate: PostgreSQL through pgx, records written by COPY into partitions of days.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"time"

	"github.com/exaring/otelpgx"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"go.opentelemetry.io/otel/trace"

	"github.com/sawlog/sawlog/examples/services/internal/store"
)

// Store is a database.
type Store struct {
	pool  *pgxpool.Pool
	read  *pgxpool.Pool // of searches: however many wait for an answer, what comes in does not wait for them
	stop  context.CancelFunc
	ended chan struct{}
}

// Options tell how to open.
type Options struct {
	Tracer    trace.TracerProvider // nil: no spans
	Fail      func(error)          // told what goes wrong in the background; may be nil
	CheckDays time.Duration        // how often partitions are made; 1 h
}

// Open connects, brings the schema up to date, and makes partitions from then on.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("database URL: %w", err)
	}
	if o.Tracer != nil {
		config.ConnConfig.Tracer = otelpgx.NewTracer(otelpgx.WithTracerProvider(o.Tracer))
	}
	config.ConnConfig.ConnectTimeout = 3 * time.Second
	if config.ConnConfig.RuntimeParams["application_name"] == "" {
		config.ConnConfig.RuntimeParams["application_name"] = "loggate"
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, wrap("connect", err)
	}
	read, err := pgxpool.NewWithConfig(ctx, config.Copy())
	if err != nil {
		pool.Close()
		return nil, wrap("connect", err)
	}
	s := &Store{pool: pool, read: read, ended: make(chan struct{})}
	if err = wrap("migrate", s.migrate(ctx)); err == nil {
		err = s.partition(ctx, time.Now())
	}
	late := held(err) // by a long search: the partition is made later, and the default one takes what comes until then
	if err != nil && !late {
		pool.Close()
		read.Close()
		return nil, err
	}
	ctx, s.stop = context.WithCancel(context.WithoutCancel(ctx))
	go s.keepDays(ctx, o, late)
	return s, nil
}

// keepDays makes partitions; late says that some are missing.
func (s *Store) keepDays(ctx context.Context, o Options, late bool) {
	defer close(s.ended)
	if o.CheckDays <= 0 {
		o.CheckDays = time.Hour
	}
	for {
		next := o.CheckDays
		if late {
			next = pause
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(next):
		}
		err := s.partition(ctx, time.Now())
		if late = held(err); err != nil && !late && ctx.Err() == nil && o.Fail != nil {
			o.Fail(err) // three days are there already, and the default partition takes what comes after them
		}
	}
}

// Ping tells whether the database answers, and takes records.
func (s *Store) Ping(ctx context.Context) error {
	var onlyRead bool
	err := s.pool.QueryRow(ctx, "SELECT current_setting('transaction_read_only')::boolean").Scan(&onlyRead)
	if err == nil && onlyRead {
		s.pool.Reset()
		return fmt.Errorf("ping: %w: the database only answers searches", store.ErrUnavailable)
	}
	return wrap("ping", err)
}

// Close ends all connections.
func (s *Store) Close() error {
	s.stop()
	<-s.ended
	s.read.Close()
	s.pool.Close()
	return nil
}

// shortest is the age from which records go by whole days. They would all be deleted one by one otherwise, an hour's worth each hour by a look at the
// whole day, and what is dropped at its end would be empty.
const shortest = 48 * time.Hour

// Expire drops days that are over, and deletes what is in none of them, or is to be kept for hours only.
func (s *Store) Expire(ctx context.Context, before time.Time) (all int64, err error) {
	rows, err := s.pool.Query(ctx, "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'record'::regclass")
	if err != nil {
		return 0, wrap("expire", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return 0, wrap("expire", err)
	}
	for _, name := range names {
		day, err := time.Parse(dayLayout, name)
		if err != nil || day.AddDate(0, 0, 1).After(before) {
			continue // the default partition, or a day that is not over
		}
		n, err := s.dropDay(ctx, name)
		if err != nil {
			return all, wrap("expire", err)
		}
		all += n
	}
	table := "record_rest"
	if time.Since(before) < shortest {
		table = "record"
	}
	tag, err := s.pool.Exec(ctx, "DELETE FROM "+table+" WHERE received < $1", before)
	if err != nil {
		return all, wrap("expire", err)
	}
	_, err = s.pool.Exec(ctx, "DELETE FROM tally WHERE day < $1", store.DayOf(before))
	return all + tag.RowsAffected(), wrap("expire tallies", err)
}

// dropDay drops a partition when nobody reads it, which it tries for some minutes. It says how many records were in it.
func (s *Store) dropDay(ctx context.Context, name string) (n int64, err error) {
	const tries = 60
	quoted := pgx.Identifier{name}.Sanitize()
	if err := s.pool.QueryRow(ctx, "SELECT count(*) FROM "+quoted).Scan(&n); err != nil {
		return 0, err
	}
	for try := 1; ; try++ {
		err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
			if err := impatient(ctx, tx); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, "DROP TABLE "+quoted)
			return err
		})
		if !held(err) || try == tries {
			return n, err
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(pause):
		}
	}
}

// wrap says what was tried, and whether it is worth trying again: without a connection, while the server starts, stops or only answers searches,
// when it has no memory or disk left, after a deadlock. Who cannot connect may do so when somebody has mended a password, and tables or rights that
// are missing (class 42) are for somebody to mend too, or for the next version, which has changed the schema and is about to take over: until then a
// client that is told so keeps what it has.
func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	if away(err) {
		return fmt.Errorf("%s: %w: %w", what, store.ErrUnavailable, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}

const readOnly = "25006" // a standby, or a server whose disk is nearly full

// anew closes connections to a server that only reads: what they were told when they were opened holds for as long as they live, also when the server
// takes records again, or another one does that is behind the same name.
func (s *Store) anew(err error) error {
	var server *pgconn.PgError
	if errors.As(err, &server) && server.Code == readOnly {
		s.pool.Reset()
	}
	return err
}

func away(err error) bool {
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) {
		return true
	}
	var server *pgconn.PgError
	if errors.As(err, &server) {
		return server.Code == readOnly || slices.Contains([]string{"08", "40", "42", "53", "55", "57", "58"}, server.Code[:min(2, len(server.Code))])
	}
	var network net.Error
	return errors.As(err, &network) || pgconn.SafeToRetry(err) || pgconn.Timeout(err) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, net.ErrClosed) || isEnd(err)
}

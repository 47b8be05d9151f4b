package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

//go:embed migrations/*.sql
var migrations embed.FS

// lockNumber is the advisory lock under which schemas change: several processes may start at once.
const lockNumber = 0x6c6f6767617465 // "loggate"

// patience is how long a change of the schema waits for others to be done with a table. Whoever comes after it waits with it: a search may take as long
// as it likes, and what comes in must not wait for that. So the change gives up instead, and is tried again after a pause.
const (
	patience = "500ms"
	pause    = 5 * time.Second
)

func impatient(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, "SET LOCAL lock_timeout = '"+patience+"'")
	return err
}

// held tells whether somebody else has what a change needs.
func held(err error) bool {
	var server *pgconn.PgError
	return errors.As(err, &server) && server.Code == "55P03"
}

// migrate brings the schema up to date, under searches too: it tries for a minute to have the tables.
func (s *Store) migrate(ctx context.Context) error {
	const tries = 12
	for try := 1; ; try++ {
		err := s.migrateNow(ctx)
		if !held(err) || try == tries {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// migrateNow runs the files that the database has not had, in the order of their names, in one transaction with the notes that they ran.
//
// A file must leave the schema so that the version before this one can work on beside it: processes are replaced one after the other. It adds tables,
// indexes, columns that may be left out and constraints that what is there fulfils already; what nobody uses any more goes with the version after
// the one that has stopped using it. (002 is older than that promise.) TestTheVersionBefore holds it.
func (s *Store) migrateNow(ctx context.Context) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", lockNumber); err != nil {
			return err
		}
		if err := impatient(ctx, tx); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "CREATE TABLE IF NOT EXISTS loggate_schema (name text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())"); err != nil {
			return err
		}
		files, err := fs.Glob(migrations, "migrations/*.sql")
		if err != nil {
			return err
		}
		for _, name := range files {
			if err := once(ctx, tx, name); err != nil {
				return fmt.Errorf("migration %s: %w", name, err)
			}
		}
		return nil
	})
}

func once(ctx context.Context, tx pgx.Tx, name string) error {
	tag, err := tx.Exec(ctx, "INSERT INTO loggate_schema (name) VALUES ($1) ON CONFLICT DO NOTHING", name)
	if err != nil || tag.RowsAffected() == 0 {
		return err
	}
	text, err := migrations.ReadFile(name)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, string(text))
	return err
}

// ahead is for how many days partitions exist before they are needed.
const ahead = 3

// partition makes the partitions of today and the days to come. What the default partition holds of such a day moves into it.
func (s *Store) partition(ctx context.Context, now time.Time) error {
	for n := range ahead {
		day := now.UTC().Truncate(24*time.Hour).AddDate(0, 0, n)
		if err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error { return makeDay(ctx, tx, day) }); err != nil {
			return wrap("partition", err)
		}
	}
	return nil
}

func makeDay(ctx context.Context, tx pgx.Tx, day time.Time) error {
	if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", lockNumber); err != nil {
		return err
	}
	if err := impatient(ctx, tx); err != nil {
		return err
	}
	name := dayName(day)
	var there bool
	if err := tx.QueryRow(ctx, "SELECT to_regclass($1) IS NOT NULL", name).Scan(&there); err != nil || there {
		return err
	}
	// name and times are made of digits here: there is no place for parameters in these statements
	from, to := day.Format(time.RFC3339), day.AddDate(0, 0, 1).Format(time.RFC3339)
	for _, sql := range []string{
		"LOCK TABLE record IN SHARE ROW EXCLUSIVE MODE",
		fmt.Sprintf("CREATE TABLE %s (LIKE record INCLUDING DEFAULTS INCLUDING CONSTRAINTS)", name),
		fmt.Sprintf("WITH moved AS (DELETE FROM record_rest WHERE received >= '%s' AND received < '%s' RETURNING *) INSERT INTO %s SELECT * FROM moved", from, to, name),
		fmt.Sprintf("ALTER TABLE record ATTACH PARTITION %s FOR VALUES FROM ('%s') TO ('%s')", name, from, to),
	} {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

const dayLayout = "record_20060102"

func dayName(day time.Time) string { return day.Format(dayLayout) }

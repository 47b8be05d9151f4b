package config

import (
	"bytes"
	"flag"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type settings struct {
	database string
	memory   Size
	wait     time.Duration
	origins  Words
}

func parse(t *testing.T, env map[string]string, args ...string) (settings, string, error) {
	t.Helper()
	var v settings
	s := &Set{FlagSet: flag.NewFlagSet("x", flag.ContinueOnError), Prefix: "X", Names: map[string]string{"database": "DATABASE_URL"}, Intro: "x does things."}
	v.memory = 64 << 20
	s.StringVar(&v.database, "database", "", "`URL` of the database")
	s.Var(&v.memory, "max-memory", "`SIZE` of memory")
	s.DurationVar(&v.wait, "wait", time.Second, "how long")
	s.Var(&v.origins, "origins", "`LIST`")
	var help bytes.Buffer
	err := s.Parse(args, func(k string) (string, bool) { value, ok := env[k]; return value, ok }, &help)
	return v, help.String(), err
}

func TestParse(t *testing.T) {
	v, _, err := parse(t, nil)
	require.NoError(t, err)
	assert.Equal(t, settings{memory: 64 << 20, wait: time.Second}, v)
	v, _, err = parse(t, map[string]string{"DATABASE_URL": "db", "X_MAX_MEMORY": "1GiB", "X_WAIT": "", "X_ORIGINS": "a, b,"}, "-max-memory", "12")
	require.NoError(t, err)
	assert.Equal(t, settings{database: "db", memory: 12, wait: time.Second, origins: Words{"a", "b"}}, v, "arguments win, an empty variable is none")

	_, help, err := parse(t, nil, "-h")
	require.ErrorIs(t, err, flag.ErrHelp)
	for _, want := range []string{"x does things.", "-max-memory SIZE  (64MiB)", "[X_MAX_MEMORY]", "[DATABASE_URL]", "(1s)"} {
		assert.Contains(t, help, want)
	}
	for _, c := range []struct {
		env  map[string]string
		args []string
		want string
	}{
		{map[string]string{"X_WAIT": "soon"}, nil, "X_WAIT"},
		{nil, []string{"-max-memory", "1XB"}, "64KiB"},
		{nil, []string{"-max-memory", "99999999GiB"}, "64KiB"},
		{nil, []string{"-nothing"}, "-nothing"},
		{nil, []string{"rest"}, `"rest"`},
	} {
		_, _, err := parse(t, c.env, c.args...)
		require.ErrorContains(t, err, c.want)
	}
}

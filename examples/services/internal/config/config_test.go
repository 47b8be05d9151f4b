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
	s := &Set{FlagSet: flag.NewFlagSet("x", flag.ContinueOnError), Prefix: "X", Names: map[string]string{"database": "DATABASE_URL"}, Intro: "x does things.",
		Version: "1.2", Commands: []string{"check"}}
	var environ []string
	for name, value := range env {
		environ = append(environ, name+"="+value)
	}
	v.memory = 64 << 20
	s.StringVar(&v.database, "database", "", "`URL` of the database")
	s.Var(&v.memory, "max-memory", "`SIZE` of memory")
	s.DurationVar(&v.wait, "wait", time.Second, "how long")
	s.Var(&v.origins, "origins", "`LIST`")
	var help bytes.Buffer
	err := s.Parse(args, environ, &help)
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
		{nil, []string{"-nothing"}, "there is no flag -nothing"},
		{nil, []string{"-orgins", "a"}, "there is no flag -orgins (did you mean -origins?)"},
		{nil, []string{"rest"}, `"rest"`},
		{nil, []string{"chek"}, `"chek" (did you mean check?)`},
		{nil, []string{"wait"}, `"wait"`},
		{nil, []string{"-wait", "soon"}, "30d"},
		{nil, []string{"-wait", "99999d"}, "30d"},
		{map[string]string{"X_DATABASE": "db"}, nil, "X_DATABASE: the variable is DATABASE_URL"},
		{map[string]string{"X_MAX_MEMORI": "1GiB"}, nil, "X_MAX_MEMORI: there is no such variable (did you mean X_MAX_MEMORY?)"},
		{map[string]string{"X_MAXMEMORY": "1GiB"}, nil, "did you mean X_MAX_MEMORY?"},
	} {
		_, _, err := parse(t, c.env, c.args...)
		require.ErrorContains(t, err, c.want)
	}
}

// TestOthersVariables: what only begins alike may be another's.
func TestOthersVariables(t *testing.T) {
	_, _, err := parse(t, map[string]string{"X_PORT": "tcp://10.0.0.1:8080", "X_SERVICE_HOST": "10.0.0.1", "X_PORT_8080_TCP_ADDR": "10.0.0.1", "WAIT": "soon"})
	require.NoError(t, err)
}

func TestVersion(t *testing.T) {
	for _, arg := range []string{"-version", "--version"} {
		_, said, err := parse(t, map[string]string{"X_VERSION": "of the deployment"}, arg)
		require.ErrorIs(t, err, flag.ErrHelp)
		assert.Equal(t, "x 1.2\n", said)
	}
}

func TestSpans(t *testing.T) {
	for text, want := range map[string]time.Duration{"30d": 720 * time.Hour, "1m30s": 90 * time.Second, "0": 0, "0d": 0} {
		v, _, err := parse(t, nil, "-wait", text)
		require.NoError(t, err)
		assert.Equal(t, want, v.wait)
	}
	for d, want := range map[time.Duration]string{0: "0s", time.Minute: "1m0s", 24 * time.Hour: "24h0m0s", 720 * time.Hour: "30d", 721 * time.Hour: "721h0m0s"} {
		assert.Equal(t, want, (*span)(&d).String())
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"listen", "listen", 0}, {"lisen", "listen", 1}, {"listenn", "listen", 1}, {"", "abc", 3}, {"abc", "", 3}, {"kitten", "sitting", 3}} {
		assert.Equal(t, c.want, distance(c.a, c.b), c)
	}
}

package match

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/pattern"
	"github.com/sawlog/sawlog/lib/internal/scan"
)

// plainDash is hasDash as its comment says it.
func plainDash(line []byte, text string, known int) bool {
	front, behind, found := bytes.Cut(line, []byte(text))
	for found && !bytes.HasPrefix(behind, []byte(`"`)) && !bytes.HasPrefix(behind, []byte("-")) { // from the next byte on
		next := len(front) + 1
		if front, behind, found = bytes.Cut(line[next:], []byte(text)); found {
			front = line[:next+len(front)]
		}
	}
	for at := range behind {
		before := at == 0 || behind[at-1] == ' '
		after := at+1 == len(behind) || behind[at+1] == ' ' || behind[at+1] == '\r'
		if found && behind[at] == '-' && before && after && len(front)+len(text)+at != known {
			return true
		}
	}
	return false
}

func TestADashAloneIsFound(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	pieces := []string{" ", "-", "\" ", "\"", "x", "\r", " - ", "a long word without any of it", "] \"", "--"}
	found := 0
	for range 20000 {
		line := ""
		for range r.IntN(9) {
			line += pieces[r.IntN(len(pieces))]
		}
		block := []byte(line + "\n" + strings.Repeat("\" - ", scan.Slack/4))
		for _, text := range []string{"\" ", "] ", " "} {
			known := r.IntN(len(line) + 1)
			want := plainDash([]byte(line), text, known)
			require.Equal(t, want, hasDash(block, 0, text, known), "%q behind %q, known %d", line, text, known)
			if want {
				found++
			}
		}
	}
	require.Greater(t, found, 1000)
}

// A program that is tried only where a dash stands alone that is not accounted for gives what it would give when it is tried on every line.
func TestBareDashesAreLookedForWhereTheyMayStand(t *testing.T) {
	const stamp = `[01/Jan/1970:00:00:00 +0000]`
	r := rand.New(rand.NewPCG(7, 8))
	for _, c := range []struct{ text, front, rest string }{
		{combined, `h - - ` + stamp, ""},
		{combined, `h - - ` + stamp, "rest"},
		{`%h "%r" %>s %b %D "%{Referer}i" "%{User-agent}i" "%{Forwarded}i"`, `h`, ""},
		{`%h "%{A}i" %b "%{B}i" %k "%{C}i"`, `h`, ""},
		{`%h %u %t "%r" %>s`, `a h`, ""},
	} {
		with := func(everywhere bool) *Program {
			tree, err := pattern.CompileApache(c.text)
			require.NoError(t, err)
			if c.rest != "" {
				require.Nil(t, tree.AddRest(c.rest))
			}
			tree.AllowBareDashes()
			if everywhere {
				require.NotEmpty(t, tree.Else.Dash)
				tree.Else.Dash = ""
			}
			p, err := Compile(tree, Options{Limit: 1 << 20})
			require.NoError(t, err)
			return p
		}
		some, all := with(false), with(true)
		pieces := []string{`-`, `-`, `"-"`, `"GET / HTTP/1.1"`, `"a"`, `"a" - b"`, `200`, `5`, `"c`, `d"`, `"e\" - "`, `-f`}
		if c.front == "a h" {
			pieces = append(pieces, stamp, stamp, stamp, stamp, "[]", "[x] -", "x]")
		}
		fit := 0
		for range 5000 {
			line := c.front
			for range 3 + r.IntN(5) {
				line += " " + pieces[r.IntN(len(pieces))]
			}
			rows, rejects := parse(some, some.NewWorker(), line)
			wantRows, wantRejects := parse(all, all.NewWorker(), line)
			require.Equal(t, wantRows, rows, line)
			require.Len(t, rejects, len(wantRejects), line) // for another reason, perhaps
			fit += len(rows)
		}
		require.Positive(t, fit, c.text)
	}
}

package timestamp

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFinder(t *testing.T) {
	f := NewFinder(Options{Year: 2024})
	berlin, err := time.LoadLocation("Europe/Berlin")
	assert.NoError(t, err)
	local := NewFinder(Options{Year: 2024, Zone: berlin})
	for _, c := range []struct{ text, want, rest, local string }{
		{"2026-03-05T07:09:10.25Z x", "2026-03-05T07:09:10.25Z", " x", ""}, {"2026-03-05 07:09:10,250 x", "2026-03-05T07:09:10.25Z", " x", "2026-03-05T06:09:10.25Z"},
		{"2026-03-05 07:09:10:250 +0100] x", "2026-03-05T06:09:10.25Z", "] x", ""}, {"2026-03-05 07:09:10:DEBUG", "2026-03-05T07:09:10Z", ":DEBUG", "2026-03-05T06:09:10Z"},
		{"2026-03-05 07:09:10+02:00", "2026-03-05T05:09:10Z", "", ""}, {"2026-03-05 07:09:10 UTC [1]", "2026-03-05T07:09:10Z", " [1]", ""}, {"2026-03-05 07:09:10 CET [1]", "2026-03-05T07:09:10Z", " [1]", "2026-03-05T06:09:10Z"},
		{"2026-03-05 07:09:10 INFO", "2026-03-05T07:09:10Z", " INFO", "2026-03-05T06:09:10Z"}, {"2026/03/05 07:09:10 x", "2026-03-05T07:09:10Z", " x", "2026-03-05T06:09:10Z"}, {"2026-03-05 7:09:10", "2026-03-05T07:09:10Z", "", "2026-03-05T06:09:10Z"},
		{"2026-03-05  7:09:10", "2026-03-05T07:09:10Z", "", "2026-03-05T06:09:10Z"}, {"2026-03-05 07:09 x", "2026-03-05T07:09:00Z", " x", "2026-03-05T06:09:00Z"}, {"2026-064T07:09:10", "2026-03-05T07:09:10Z", "", "2026-03-05T06:09:10Z"},
		{"20260305 07:09:10.250 - x", "2026-03-05T07:09:10.25Z", " - x", "2026-03-05T06:09:10.25Z"}, {"20260305-7:9:10:250|x", "2026-03-05T07:09:10.25Z", "|x", "2026-03-05T06:09:10.25Z"}, {"20260305T070910Z", "2026-03-05T07:09:10Z", "", ""},
		{"20260305-7:9:10:8|x", "2026-03-05T07:09:10.008Z", "|x", "2026-03-05T06:09:10.008Z"}, {"20260305-7:9:10:25|x", "2026-03-05T07:09:10.025Z", "|x", "2026-03-05T06:09:10.025Z"}, {"20260305-7:9:10.25|x", "2026-03-05T07:09:10.25Z", "|x", "2026-03-05T06:09:10.25Z"}, {"20260305-7:9:1|x", "2026-03-05T07:09:01Z", "|x", "2026-03-05T06:09:01Z"},
		{"260305 07:09:10 x", "2026-03-05T07:09:10Z", " x", "2026-03-05T06:09:10Z"}, {"260305  7:09:10 x", "2026-03-05T07:09:10Z", " x", "2026-03-05T06:09:10Z"}, {"260305 070910 x", "2026-03-05T07:09:10Z", " x", "2026-03-05T06:09:10Z"},
		{"26/03/05 07:09:10 x", "2026-03-05T07:09:10Z", " x", "2026-03-05T06:09:10Z"}, {"03/05/26 07:09:10 x", "2026-03-05T07:09:10Z", " x", "2026-03-05T06:09:10Z"}, {"09/13/26 07:09:10 x", "2026-09-13T07:09:10Z", " x", "2026-09-13T05:09:10Z"}, {"09/31/05 07:09:10 x", "", "", ""},
		{"2026/03/05-07:09:10.25 7f12ab [db/db_impl.cc:12]", "2026-03-05T07:09:10.25Z", " 7f12ab [db/db_impl.cc:12]", "2026-03-05T06:09:10.25Z"}, {"10/03/05 07:09:10 x", "2010-03-05T07:09:10Z", " x", "2010-03-05T06:09:10Z"}, {"12/31/26 07:09:10 x", "2026-12-31T07:09:10Z", " x", "2026-12-31T06:09:10Z"}, {"03/05/2026 07:09:10:250 PM UTC: x", "2026-03-05T19:09:10.25Z", ": x", ""},
		{"31/05/2026 07:09:10", "2026-05-31T07:09:10Z", "", "2026-05-31T05:09:10Z"}, {"03/05/2026 12:09:10 AM", "2026-03-05T00:09:10Z", "", "2026-03-04T23:09:10Z"}, {"05.03.2026 07:09:10", "2026-03-05T07:09:10Z", "", "2026-03-05T06:09:10Z"},
		{"05/Mar/2026:07:09:10 +0100]", "2026-03-05T06:09:10Z", "]", ""}, {"05-Mar-2026 07:09:10.250 x", "2026-03-05T07:09:10.25Z", " x", "2026-03-05T06:09:10.25Z"}, {"5 Mar 2026 07:09:10", "2026-03-05T07:09:10Z", "", "2026-03-05T06:09:10Z"},
		{"05 Mar 07:09:10.250 * x", "2024-03-05T07:09:10.25Z", " * x", "2024-03-05T06:09:10.25Z"}, {"03-05 07:09:10.250 x", "2024-03-05T07:09:10.25Z", " x", "2024-03-05T06:09:10.25Z"}, {"03.05 07:09:10] x", "2024-03-05T07:09:10Z", "] x", "2024-03-05T06:09:10Z"},
		{"Mar-05-26 07:09:10 x", "2026-03-05T07:09:10Z", " x", "2026-03-05T06:09:10Z"}, {"Mar-05-26-07:09:10 x", "", "", ""},
		{"Mar-05 07:09:10.25 x", "2024-03-05T07:09:10.25Z", " x", "2024-03-05T06:09:10.25Z"}, {"Mar  5 07:09:10 gate", "2024-03-05T07:09:10Z", " gate", "2024-03-05T06:09:10Z"}, {"Mar 5, 2026 7:09:10 PM x", "2026-03-05T19:09:10Z", " x", "2026-03-05T18:09:10Z"}, {"Thu Mar  5 07:09:10 2026 x", "2026-03-05T07:09:10Z", " x", "2026-03-05T06:09:10Z"},
		{"Thu Mar 5 07:09:10 UTC 2026 x", "2026-03-05T07:09:10Z", " x", "-"}, {"Mar 5 07:09:10 x", "2024-03-05T07:09:10Z", " x", "2024-03-05T06:09:10Z"}, {"Thu Mar 05 07:09:10.250000 2026] x", "2026-03-05T07:09:10.25Z", "] x", "2026-03-05T06:09:10.25Z"}, {"Thu Mar  5 07:09:10 UTC 2026 x", "2026-03-05T07:09:10Z", " x", "-"}, {"Thu, 05 Mar 2026 07:09:10 +0100 x", "2026-03-05T06:09:10Z", " x", ""},
		{"1772694550 x", "2026-03-05T07:09:10Z", " x", ""}, {"1772694550.25 x", "2026-03-05T07:09:10.25Z", " x", ""}, {"1772694550250 x", "2026-03-05T07:09:10.25Z", " x", ""}, {"@4000000037c219bf2ef02e94 x", "1999-08-24T04:04:05.7874925Z", " x", ""},
		{"07:09:10.250 x", "2024-01-01T07:09:10.25Z", " x", "2024-01-01T06:09:10.25Z"}, {"20260305:070910.250 x", "2026-03-05T07:09:10.25Z", " x", "2026-03-05T06:09:10.25Z"}, {"2026-03-05 at 07:09:10 | x", "2026-03-05T07:09:10Z", " | x", "2026-03-05T06:09:10Z"}, {"7:09PM x", "2024-01-01T19:09:00Z", " x", "2024-01-01T18:09:00Z"}, {"12:09AM x", "2024-01-01T00:09:00Z", " x", "2023-12-31T23:09:00Z"},
		{"05Mar2026 07:09:10.250] x", "2026-03-05T07:09:10.25Z", "] x", "2026-03-05T06:09:10.25Z"}, {"26-03-05 07:09:10 x", "2026-03-05T07:09:10Z", " x", "2026-03-05T06:09:10Z"}, {"1772694550: x", "2026-03-05T07:09:10Z", ": x", ""},
		{"2026-Mar-05 07:09:10.25] x", "2026-03-05T07:09:10.25Z", "] x", "2026-03-05T06:09:10.25Z"}, {"2026 Mar  5 07:09:10 x", "2026-03-05T07:09:10Z", " x", "2026-03-05T06:09:10Z"}, {"2026 Mar 05 07:09:10.25: x", "2026-03-05T07:09:10.25Z", ": x", "2026-03-05T06:09:10.25Z"},
		{"1234 Mar  5 07:09:10 x", "", "", ""}, {"2026 Xar  5 07:09:10 x", "", "", ""}, {"2026-Xar-05 07:09:10", "", "", ""},
		{"1772694550:10 x", "", "", ""}, {"13:09AM x", "", "", ""}, {"7:09PMs x", "", "", ""}, {"05Xar2026 07:09:10", "", "", ""}, {"5Mar2026 07:09:10", "", "", ""},
		{"2026-13-05 07:09:10", "", "", ""}, {"2026-03-05", "", "", ""}, {"00:11:22:33:44:55", "", "", ""}, {"12345", "", "", ""}, {"May the force", "", "", ""}, {"Mar 5 x", "", "", ""}, {"9772694550", "", "", ""}, {"", "", "", ""}, {"10.0.0.1", "", "", ""}, {"-1", "", "", ""},
	} {
		room := append([]byte(c.text), make([]byte, 80)...)
		for i := len(c.text); i < len(room); i++ {
			room[i] = '\n'
		}
		ns, stop, ok := f.Parse(room, 0, len(c.text), true)
		assert.Equal(t, c.want != "", ok, c.text)
		if !ok {
			continue
		}
		assert.True(t, Looks(room, 0, len(c.text), true), c.text)
		assert.Equal(t, c.want, time.Unix(0, ns).UTC().Format(time.RFC3339Nano), c.text)
		assert.Equal(t, c.rest, c.text[stop:], c.text)
		ns, _, _ = local.Parse(room, 0, len(c.text), true)
		if c.local == "" {
			c.local = c.want
		}
		if c.local != "-" {
			assert.Equal(t, c.local, time.Unix(0, ns).UTC().Format(time.RFC3339Nano), c.text)
		}
	}
	text := []byte("478760 07:09:10.25 x\n" + strings.Repeat("\n", 70))
	ns, at, stop, ok := f.Find(text, 0, 20)
	assert.True(t, ok)
	assert.Equal(t, []int{7, 18}, []int{at, stop})
	assert.Equal(t, "2024-01-01T07:09:10.25Z", time.Unix(0, ns).UTC().Format(time.RFC3339Nano))
	room := []byte("07:09:10 x\n" + string(make([]byte, 64)))
	assert.False(t, Looks(room, 0, 10, false))
}

func FuzzFinder(f *testing.F) {
	f.Add([]byte("2026-03-05 07:09:10:250 +0100"), true)
	f.Add([]byte("Thu Mar  5 07:09:10 UTC 2026"), false)
	f.Fuzz(func(t *testing.T, text []byte, near bool) {
		n := len(text)
		for i, c := range text {
			if c == '\n' {
				n = i
				break
			}
		}
		room := make([]byte, n+80)
		copy(room, text[:n])
		for i := n; i < len(room); i++ {
			room[i] = '\n'
		}
		if _, stop, ok := NewFinder(Options{}).Parse(room, 0, n, near); ok {
			assert.True(t, Looks(room, 0, n, near))
			assert.LessOrEqual(t, stop, n)
		}
	})
}

func TestTheShortcutKnowsTheShape(t *testing.T) {
	text := "2026-03-05T07:09:10"
	room := make([]byte, 64)
	copy(room, text)
	for at := range len(text) {
		for c := range 256 {
			copy(room, text)
			room[at] = byte(c)
			assert.Equal(t, shapes4Dash[0].fits(room, 0, len(text)) >= 0, iso(room, 0), "%q", room[:len(text)])
		}
	}
}

// Of the shapes only those of one group are tried: each stands in the one that its own times lead to.
func TestShapesStandWhereTheyAreLookedFor(t *testing.T) {
	example := strings.NewReplacer("9", "1", "#", "1", "_", " ", "M", "Mar", "W", "Thu", "D", "17", "T", "T", "P", "PM", "X", "a")
	for group, shapes := range groups {
		for _, s := range shapes {
			text := example.Replace(s.text)
			room := append([]byte(text), make([]byte, 64)...)
			got, ok := shapesOf(room, 0, len(text))
			assert.True(t, ok, s.text)
			assert.Equal(t, group, got, s.text)
			assert.Equal(t, len(text), s.fits(room, 0, len(text)), s.text)
			assert.True(t, Looks(room, 0, len(text), true), s.text)
		}
	}
}

// What the first shape of a group has shown of the others is what each of them says.
func TestShapesThatBeginAlikeAreTriedOnce(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 2))
	example := strings.NewReplacer("9", "1", "#", "1", "_", " ", "M", "Mar", "W", "Thu", "D", "17", "P", "PM", "X", "a")
	found := 0
	for range 200 {
		for _, shapes := range groups {
			for _, s := range shapes {
				room := append([]byte(example.Replace(s.text)), make([]byte, 64)...)
				n := len(room) - 64
				for range r.IntN(3) {
					room[r.IntN(n)] = "1:- T./,x]"[r.IntN(10)]
				}
				n -= r.IntN(2)
				near, want := r.IntN(2) == 0, false
				if group, ok := shapesOf(room, 0, n); ok {
					for k := range groups[group] {
						s := &groups[group][k]
						stop := s.fits(room, 0, n)
						want = want || (!s.bare || near) && stop >= 0 && (!short(group) || marked(room, stop, n))
					}
				}
				require.Equal(t, want, Looks(room, 0, n, near), "%q", room[:n])
				if want {
					found++
				}
			}
		}
	}
	require.Greater(t, found, 1000)
}

package mine

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/linetest"
)

// mined is what a miner says of the lines, and their ids as they were given.
func mined(lines ...string) (texts []string, ids []int64) {
	m := New(Options{})
	for _, line := range lines {
		ids = append(ids, m.Add([]byte(line)))
	}
	for _, t := range m.Templates() {
		texts = append(texts, t.Text)
	}
	return texts, ids
}

// Values that their form gives away are blanked in the first line already.
func TestValuesBySight(t *testing.T) {
	for _, c := range []struct{ line, text string }{
		{"took 12 ms", "took <*> ms"},
		{"took 1.5ms of -3", "took <*> of <*>"},
		{"connect 192.0.2.1:443 from [2001:db8::1]", "connect <*> from [<*>]"},
		{"open /var/log/oak.log: no such file", "open <*>: no such file"},
		{"open C:\\logs\\oak.log failed", "open <*> failed"},
		{"see https://example.com/a?b=c, please", "see <*>, please"},
		{"jdbc://db/shop is down", "jdbc://<*> is down"},
		{"mail to ann@example.com sent", "mail to <*> sent"},
		{"commit 3f9ac2d1b7 pushed", "commit <*> pushed"},
		{"at 08:09:10 the gate closed", "at <*> the gate closed"},
		{"since Thu Mar  5 08:09:10 2026 idle", "since <*> idle"},
		{"node core.2275 and blk+0x1f up", "node core.<*> and blk+<*> up"},
		{"free 12 KB of 1.5 GB", "free <*> of <*>"},
		{"pid=912 user=ann ok=true", "pid=<*> user=ann ok=true"},
		{"value (null) is \"-\"", "value (<*>) is \"<*>\""},
		{"mac 00:1b:44:11:3a:b7 seen", "mac <*> seen"},
		{"ids=[1, 2, 3] kept", "ids=<*> kept"},
		{"range 2026-03-05", "range <*>-<*>-<*>"},
		{"IPv4 and TLSv1.3 over ssh2", "IPv4 and TLSv1.3 over ssh2"},
		{"main.go:88 says hello", "main.go:<*> says hello"},
		{"ratio 12% and 100%", "ratio <*>% and <*>%"},
		{"GET / answered", "GET <*> answered"},
		{"-- **** ->", "-- **** ->"},
		{"", ""},
		{"  padded   blanks\tand tabs  ", "padded blanks and tabs"},
		{"ünïcode 7 wörter", "ünïcode <*> wörter"},
	} {
		texts, _ := mined(c.line)
		assert.Equal(t, []string{c.text}, texts, c.line)
	}
}

// Words are told from values by what stands in their place in other lines.
func TestLearning(t *testing.T) {
	repeat := func(form string, words ...string) (lines []string) {
		for _, word := range words {
			lines = append(lines, fmt.Sprintf(form, word))
		}
		return lines
	}
	for _, c := range []struct {
		name  string
		lines []string
		texts []string
	}{
		{"a name behind a word that asks for one", repeat("session opened for user %s by uid", "anna", "zoltan", "quentin"), []string{"session opened for user <*> by uid"}},
		{"words nobody knows, in one place", repeat("loading module %s from disk", "xfsrv", "zorkd", "qmgrx", "blipd"), []string{"loading module <*> from disk"}},
		{"different verbs stay different", repeat("the connection was %s", "opened", "closed", "refused"), []string{"the connection was closed", "the connection was opened", "the connection was refused"}},
		{"a value or none", []string{"auth failed (7)", "auth failed ()", "auth failed (9)"}, []string{"auth failed (<*>)"}},
		{"lists of any length", []string{"moved blocks 1, 2, 3 away", "moved blocks 4, 5, 6, 7 away", "moved blocks 8, 9, 10, 11, 12 away"}, []string{"moved blocks <*> away"}},
		{"states are words", repeat("host is %s", "up", "down"), []string{"host is down", "host is up"}},
	} {
		texts, _ := mined(c.lines...)
		assert.ElementsMatch(t, c.texts, texts, c.name)
	}
}

func TestIdsFollowTheirTemplate(t *testing.T) {
	m := New(Options{})
	var ids []int64
	for _, name := range []string{"xfsrv", "zorkd", "qmgrx", "blipd", "xfsrv"} {
		ids = append(ids, m.Add([]byte("loading module "+name+" from disk")))
	}
	list := m.Templates()
	require.Len(t, list, 1)
	assert.Equal(t, int64(5), list[0].Count)
	for _, id := range ids {
		now, ok := m.Resolve(id)
		assert.True(t, ok)
		assert.Equal(t, list[0].ID, now)
	}
	_, ok := m.Resolve(12)
	assert.False(t, ok)
	id, ok := m.Match([]byte("loading module never_seen_before from disk"))
	assert.True(t, ok)
	assert.Equal(t, list[0].ID, id)
	_, ok = m.Match([]byte("something else altogether"))
	assert.False(t, ok)
	values, text := m.Parameters(nil, []byte("loading module oakd from disk"))
	assert.Equal(t, "loading module <*> from disk", text)
	require.Len(t, values, 1)
	assert.Equal(t, "oakd", string(values[0]))
	values, text = m.Parameters(nil, []byte("no such line"))
	assert.Empty(t, values)
	assert.Empty(t, text)
}

// logLines are lines of a made-up program.
func logLines(n int, seed uint64) (lines []string) {
	r := rand.New(rand.NewPCG(seed, 7))
	names := []string{"anna", "zoltan", "quentin", "xaver", "odile"}
	modules := []string{"xfsrv", "zorkd", "qmgrx", "blipd"}
	for range n {
		switch r.IntN(6) {
		case 0:
			lines = append(lines, fmt.Sprintf("session opened for user %s by uid=%d", names[r.IntN(len(names))], r.IntN(1000)))
		case 1:
			lines = append(lines, fmt.Sprintf("block blk_%d moved from 10.0.0.%d to 10.0.1.%d in %d ms", r.IntN(1e9), r.IntN(256), r.IntN(256), r.IntN(5000)))
		case 2:
			lines = append(lines, fmt.Sprintf("loading module %s from disk", modules[r.IntN(len(modules))]))
		case 3:
			lines = append(lines, fmt.Sprintf("kept replicas %s alive", strings.Repeat("7, ", r.IntN(4)+1)+"8"))
		case 4:
			lines = append(lines, "heartbeat")
		default:
			lines = append(lines, fmt.Sprintf("request GET /oak/%d failed (%d): %s", r.IntN(1000), r.IntN(100), []string{"timeout", "refused"}[r.IntN(2)]))
		}
	}
	return lines
}

func textsOf(m *Miner) (texts []string, lines int64) {
	for _, t := range m.Templates() {
		texts = append(texts, t.Text)
		lines += t.Count
	}
	return texts, lines
}

func minerOf(lines []string) *Miner {
	m := New(Options{})
	for _, line := range lines {
		m.Add([]byte(line))
	}
	return m
}

// Several miners that saw parts of a log know together what one knows that saw it all; so does one that was saved in between.
func TestMergeAndRestore(t *testing.T) {
	lines := logLines(4000, 1)
	want, n := textsOf(minerOf(lines))
	assert.Equal(t, int64(4000), n)

	a, b := minerOf(lines[:1500]), minerOf(lines[1500:])
	ids := map[int64]bool{}
	for _, x := range b.Templates() {
		ids[x.ID] = true
	}
	a.Merge(b)
	got, n := textsOf(a)
	assert.ElementsMatch(t, want, got)
	assert.Equal(t, int64(4000), n)
	for id := range ids {
		_, ok := a.Resolve(id)
		assert.True(t, ok, "an id of the other miner is known")
	}

	c := minerOf(lines[:1500])
	text, err := c.Snapshot()
	require.NoError(t, err)
	d, err := Restore(text)
	require.NoError(t, err)
	assert.Equal(t, c.Templates(), d.Templates())
	for _, line := range lines[1500:] {
		c.Add([]byte(line))
		d.Add([]byte(line))
	}
	assert.ElementsMatch(t, want, first(textsOf(d)))
	assert.ElementsMatch(t, first(textsOf(c)), first(textsOf(d)))
	again, err := c.Snapshot()
	require.NoError(t, err)
	assert.NotEqual(t, string(text), string(again))
}

func first(texts []string, _ int64) []string { return texts }

func TestSnapshotsThatAreBroken(t *testing.T) {
	for _, text := range []string{
		``, `{}`, `{"sawlog_templates": 2}`, `{"sawlog_templates": 1, "patterns": [{"id": 0}]}`, `{"sawlog_templates": 1, "patterns": [{"id": 1, "root": 1}]}`,
		`{"sawlog_templates": 1, "patterns": [{"id": 1, "tokens": [{"t": "a", "w": true, "h": 2}]}]}`,
		`{"sawlog_templates": 1, "patterns": [{"id": 1, "tokens": [{"t": "a"}], "opened": [0]}]}`,
		`{"sawlog_templates": 1, "patterns": [{"id": 1, "tokens": [{"t": "a", "w": true}], "opened": [1]}]}`,
	} {
		_, err := Restore([]byte(text))
		assert.ErrorContains(t, err, "snapshot", text)
	}
}

// However different the lines, memory is bounded, no line is lost from the counts of those that are left, and ids that go say so.
func TestBounded(t *testing.T) {
	m := New(Options{Max: 100})
	r := rand.New(rand.NewPCG(3, 4))
	word := func() string {
		b := make([]byte, 3+r.IntN(6))
		for i := range b {
			b[i] = 'a' + byte(r.IntN(26))
		}
		return string(b)
	}
	for i := range 20000 {
		m.Add([]byte("known line " + fmt.Sprint(i)))
		var words []string
		for range 2 + r.IntN(9) {
			words = append(words, word())
		}
		id := m.Add([]byte(strings.Join(words, " ")))
		require.Positive(t, id)
		require.Less(t, len(m.patterns), 200+50)
		require.LessOrEqual(t, len(m.alias.order), 400)
	}
	assert.LessOrEqual(t, len(m.single.entries), 100000)
	assert.Equal(t, Template{Text: "known line <*>", Count: 20000, ID: m.Templates()[0].ID}, m.Templates()[0])
}

// Lines with fourteen values, each of which may be empty, make thousands of patterns that are one template. A new one is compared with some of
// them: with all, 4,000 such lines took half a minute, and took four times as long for twice as many.
func TestManyEmptyValues(t *testing.T) {
	linetest.Linear(t, 300, func(n int) {
		m := New(Options{})
		r := rand.New(rand.NewPCG(1, 2))
		for range n {
			line := "request finished"
			for k := range 14 {
				if line += fmt.Sprintf(" %c=", 'a'+k); r.IntN(2) == 0 {
					line += fmt.Sprint(100 + r.IntN(100))
				}
			}
			m.Add([]byte(line))
		}
		assert.Greater(t, len(m.patterns), n*3/4)
		assert.Len(t, m.Templates(), 1)
	})
}

// However many templates are allowed, what follows from that is a number: twice as many was less than none, so that all was learnt anew with
// each line.
func TestAsManyTemplatesAsOneLikes(t *testing.T) {
	m := New(Options{Max: math.MaxInt})
	line := []byte("user logged in")
	id := m.Add(line)
	assert.Zero(t, testing.AllocsPerRun(10, func() { m.Add(line) }))
	saved, err := m.Snapshot()
	require.NoError(t, err)
	restored, err := Restore(bytes.Replace(saved, []byte(`"max":268435456`), []byte(fmt.Sprintf(`"max":%d`, math.MaxInt)), 1))
	require.NoError(t, err)
	assert.Equal(t, id, restored.Add(line))
	assert.Zero(t, testing.AllocsPerRun(10, func() { restored.Add(line) }))
}

// A line of any length costs a bounded number of tokens.
func TestLongLines(t *testing.T) {
	m := New(Options{})
	m.Add([]byte(strings.Repeat("oak ", 100000)))
	require.Len(t, m.patterns, 1)
	assert.Len(t, m.patterns[0].tokens, maxTokens+1)
	assert.True(t, m.patterns[0].tokens[maxTokens].wild)
	m.Add([]byte(strings.Repeat("oak ", 300) + "elm"))
	assert.Len(t, m.Templates(), 1)
}

// A line whose pattern is known costs no memory.
func TestNoAllocations(t *testing.T) {
	lines := [][]byte{}
	m := New(Options{})
	for _, line := range logLines(2000, 5) {
		lines = append(lines, []byte(line))
		m.Add([]byte(line))
	}
	i := 0
	assert.Zero(t, testing.AllocsPerRun(1000, func() {
		m.Add(lines[i%len(lines)])
		i++
	}))
}

func FuzzMine(f *testing.F) {
	for _, line := range append(logLines(40, 9), "a=[1,2] b={x(y)} \"c d\" 'e", "::: .. /../ @ \\\\ %% +1 -2 .5", "Mon Jul 10 03:55:22 PDT 2005", strings.Repeat("x,", 600)) {
		f.Add(line, line+" 1")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		m, n := New(Options{Max: 16}), int64(0)
		r := rand.New(rand.NewPCG(uint64(len(a)), uint64(len(b))))
		checkRecall(t, New(Options{}), a, digitsChanged(r, a), b, digitsChanged(r, b), a+b, digitsChanged(r, a+b), digitsChanged(r, a))
		for _, line := range []string{a, b, a + b, b + " " + a, a, strings.ToUpper(b)} {
			id := m.Add([]byte(line))
			require.Positive(t, id)
			_, ok := m.Resolve(id)
			require.True(t, ok)
			again, ok := m.Match([]byte(line))
			require.True(t, ok, "a line that was added is known: %q", line)
			now, _ := m.Resolve(again)
			require.Equal(t, again, now)
			n++
		}
		_, lines := textsOf(m)
		require.Equal(t, n, lines)
		text, err := m.Snapshot()
		require.NoError(t, err)
		_, err = Restore(text)
		require.NoError(t, err)
	})
}

func BenchmarkAdd(b *testing.B) {
	var lines [][]byte
	n := 0
	for _, line := range logLines(5000, 11) {
		lines = append(lines, []byte(line))
		n += len(line) + 1
	}
	m := New(Options{})
	b.SetBytes(int64(n))
	b.ReportAllocs()
	for b.Loop() {
		for _, line := range lines {
			m.Add(line)
		}
	}
	b.ReportMetric(float64(len(lines)*b.N)/b.Elapsed().Seconds(), "lines/s")
}

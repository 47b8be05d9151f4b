package regex

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// slacked is text as a block: readable behind its end.
func slacked(text string) []byte { return append([]byte(text+"\n"), make([]byte, 64)...) }

// build compiles a pattern; names are those of its captures, "" for those without.
func build(t testing.TB, pattern string, syntax Syntax) (*Program, []string, error) {
	t.Helper()
	var names []string
	n, err := Parse(pattern, Options{Syntax: syntax, Capture: func(name string, _ int) (int, error) {
		names = append(names, name)
		return len(names) - 1, nil
	}})
	if err != nil {
		return nil, nil, err
	}
	p, err := Compile(n, len(names))
	return p, names, err
}

// engines are the ways to match.
var engines = []string{"bits", "step", "walk", "lane", "forks"}

// found is what one engine finds, as regexp.FindSubmatchIndex gives it.
func found(p *Program, engine, text string) []int {
	m := p.NewMachine()
	m.only(engine)
	start, end, captures, ok := m.Match(slacked(text), 0, len(text))
	if !ok {
		return nil
	}
	all := []int{start, end}
	for _, at := range captures {
		all = append(all, int(at))
	}
	return all
}

func TestSameAsGo(t *testing.T) {
	patterns := []string{"", "a", "a|b", "ab|a", "a*", "(a*)(b*)", "(a+)(a*)", "(a|ab)(c|bcd)(d*)", "(?:a|b)*?c", "^a", "a$", "^$", `\bfoo\b`, "(|a)*", "(|a)+", "(a*)*", "(a*)+",
		"(a*?)*", "(?:(a)|b)*", "(x*)*y", "a{2,3}", "a{2,3}?", "(a{0,2})*", "[^a]b", "(?i)Straße", "(?i)k", `\pL+`, `\p{Greek}`, ".", "..", "(?s).", "(?m)^b$", "日本語+", "[日本語]+", `\d+\.\d*`,
		"(.*)(.*)", "(.*?),(.*?)$", "(a|b|c|d|e)*z", `\B`, `(?U)a+`, `x*`, `(\w+) (\w+)`, `((a)|(b))+`, `[[:alpha:]]+`, `\Q.+\E`, `(?i:A)b`, `a\x62\x{63}`, `[^\n]+`, "(foo|foobar)baz", `.*b`, `\xff`, `[0-9A-F]+(?:\.[0-9A-F]*)?\b`,
		"(?:.?)*b", "(?:a?)+b", "(?:[ab]+)*c", "(?:[ab]+)+c", "(?:(?:a*))+b", "(a*)?b", "(?:(a)|b*)?c", "(?:a[ab]*)+", "(?:a[b]*)*c", "(?:a[b]*)+c", "(?:a|bc)+", "(?:a|bc|d)+c", "(?:bc|d)+$", "(?:a*?)??b", "a{01}", "a{1,02}", "a{00,}", "a{0}b",
		"(?s)(.*?)b(.*)", "(?s)(.+?),(.+)b", `(?s)a(.+)\b`, "(?s)(?:(a)|(ab))(.*)c(?:d|ef)", "(?s)(?:(a)|(ab))(.*?)c[de]"}
	texts := []string{"aa{01}{1,02}", "aa{1,02}", "a{00,}b", "", "a", "b", "ab", "aab", "abcd", "ba", "aaa", "aaaa", "foo bar", "xfoo", "STRASSE straße", "\u212a", "αβγ", "a\nb\nc", "\n", "日本語語", "12.5 .", "a,b,c", "edcbaz", "é", "\xff", "a\xffb",
		"\xe6\x97", "foobarbaz", "a,b,cbb", "abc!", "abcdce", "abcccd", ".+", "\xe6\x97b", "ÿ", "2.3t"}
	for _, pattern := range patterns {
		p, _, err := build(t, pattern, RE2)
		require.NoError(t, err, pattern)
		re := regexp.MustCompile(pattern)
		for _, text := range texts {
			for _, engine := range engines {
				assert.Equal(t, re.FindStringSubmatchIndex(text), found(p, engine, text), "%s: %q on %q", engine, pattern, text)
			}
		}
	}
}

func TestWhatOthersHaveBesideGo(t *testing.T) {
	p, _, err := build(t, `[^\u0023]+\u0023(?<n>\w)`, RE2)
	require.NoError(t, err)
	for _, engine := range engines {
		assert.Equal(t, []int{0, 4, 3, 4}, found(p, engine, "ab#c"), engine)
	}
}

func TestLoopsInLoopsAreWalked(t *testing.T) {
	for _, pattern := range []string{"(?:.?)*b", "(?:a?)+b", "(?:[ab]+)+c", "(a*)?b", "(?:(a)|b*)?c"} {
		p, _, err := build(t, pattern, RE2)
		require.NoError(t, err)
		assert.NotNil(t, p.walk, pattern)
	}
}

// randomPattern makes a pattern of RE2's.
func randomPattern(r *rand.Rand, depth int) string {
	if depth == 0 {
		return []string{"a", "b", "c", ".", "[ab]", "[^a]", `\w`, `\b`, "é", " ", "^", "$", "ab", "", `\d`, "[^ ]", `\.`, `\w*\b`, `[ab]*`, `[a-c]+\b`, `\B`}[r.IntN(21)]
	}
	sub := func() string { return randomPattern(r, depth-1) }
	switch r.IntN(9) {
	case 0:
		return "(" + sub() + ")"
	case 1:
		return "(?:" + sub() + "|" + sub() + ")"
	case 2:
		return "(?:" + sub() + ")" + []string{"*", "+", "?", "*?", "+?", "??", "{2}", "{1,3}", "{0,2}?", "{2,}"}[r.IntN(10)]
	case 3:
		return "(" + sub() + "|" + sub() + "|" + sub() + ")"
	}
	return sub() + sub()
}

func randomText(r *rand.Rand) string {
	var b strings.Builder
	for range r.IntN(14) {
		b.WriteString([]string{"a", "b", "c", "a", "b", " ", "é", "\n", "1", "\xff", "ab", ".", "a."}[r.IntN(13)])
	}
	return b.String()
}

func TestRandomPatternsSameAsGo(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	patterns := 3000
	if testing.Short() {
		patterns = 500
	}
	for range patterns {
		compareWithGo(t, randomPattern(r, 1+r.IntN(4)), []string{randomText(r), randomText(r), randomText(r)})
		if t.Failed() {
			return
		}
	}
}

func compareWithGo(t *testing.T, pattern string, texts []string) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return
	}
	p, _, err := build(t, pattern, RE2)
	var e *Error
	if errors.As(err, &e) && (strings.Contains(e.Message, "too large") || strings.Contains(e.Message, "nothing stands before") || strings.Contains(e.Message, "no property")) {
		return // Go lets a quantifier stand behind flags, a(?i)*, and knows more properties
	}
	require.NoError(t, err, pattern)
	for _, text := range texts {
		want := re.FindStringSubmatchIndex(text)
		for _, engine := range engines {
			assert.Equal(t, want, found(p, engine, text), "%s: %q on %q", engine, pattern, text)
		}
	}
}

// TestConstructs compares with what Oniguruma gives, known from its manual, for what RE2 has not.
func TestConstructs(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          []int
	}{
		{`(?<![0-9.+-])(?>[+-]?(?:(?:[0-9]+(?:\.[0-9]+)?)|(?:\.[0-9]+)))`, "a-1.25.3", []int{1, 6}},
		{`(?>a+)b`, "aaab", []int{0, 4}},
		{`(?>a+)ab`, "aaab", nil},
		{`(?>a|ab)c`, "abc", nil},
		{`(?>ab|a)c`, "abc", []int{0, 3}},
		{`(?>a*?)b`, "aab", []int{2, 3}},
		{`(?>(?:a|ab)*)c`, "abac", []int{2, 4}},
		{`a++b`, "aab", []int{0, 3}},
		{`a++ab`, "aab", nil},
		{`(?:a*+)*+b`, "aab", []int{0, 3}}, // what a loop repeats may be empty
		{`(?:a|)++b`, "b", []int{0, 1}},
		{`(?>(?>a*)*)ab`, "aab", nil},
		{`(?:^)*+b`, "xb", []int{1, 2}},
		{`(?:(?:a)??)*+b`, "ab", []int{1, 2}},
		{`(?:(?:,\w*)?+;?)*+!`, ",a;,b!", []int{0, 6}},
		{`a?+ab`, "ab", nil},
		{`(?<={ ).*(?= } ntoreturn:)`, "query: { { a: 1 } ntoreturn: 1 }", []int{9, 15}},
		{`x(?=.*y)(z)`, "xz..y", []int{0, 2, 1, 2}},
		{`x(?!.*y)z`, "xz..y", nil},
		{`(?<=a.*)c`, "abbc", []int{3, 4}},
		{`(?<!a.*)c`, "cabbc", []int{0, 1}},
		{`(?=(.*))a`, "xab", []int{1, 2, 1, 3}},
		{`(?m)(?=(.*))b`, "ab\nc", []int{1, 2, 1, 4}},
		{`(?m)(?:a(?=(.*))x|a)b`, "ab", []int{0, 2, -1, -1}},
		{`(?m)(a(?=(.*)).)+`, "ab\xffac", []int{0, 2, 0, 2, 1, 5}},
		{`(?=(a)(?=(b)))a`, "ab", []int{0, 1, 0, 1, 1, 2}},
		{`\h+`, "xyz0aFg", []int{3, 6}},
		{`^b$`, "a\nb\nc", []int{2, 3}},
		{`\Ab`, "a\nb", nil},
		{`b\Z`, "b\n", []int{0, 1}},
		{`b\z`, "b\n", nil},
		{`(?m).+`, "a\nb", []int{0, 3}},
		{`.+`, "a\nb", []int{0, 1}},
		{`a(?i)b|c`, "aC", []int{0, 2}},
		{`[[:alpha:]]+`, "1äb2", []int{1, 4}},
		{`[a-z&&[^aeiou]]+`, "aeibcd", []int{3, 6}},
		{`(/[[[:alnum:]]_.-]*)+`, "see /usr/lib ", []int{4, 12, 8, 12}},
		{`\bcaf\b`, "café", nil},
		{`a{,2}`, "aaa", []int{0, 2}},
		{`a{2}?b`, "b", []int{0, 1}},
		{`(?x) a b # comment`, "ab", []int{0, 2}},
		{`{a}`, "{a}", []int{0, 3}},
		{`(?#note)a\u0062`, "ab", []int{0, 2}},
		{`\R`, "a\r\n", []int{1, 3}},
	} {
		p, _, err := build(t, c.pattern, Oniguruma)
		require.NoError(t, err, c.pattern)
		for _, engine := range engines {
			assert.Equal(t, c.want, found(p, engine, c.text), "%s: %q on %q", engine, c.pattern, c.text)
		}
	}
}

func TestErrorsPointAtTheCharacter(t *testing.T) {
	for _, c := range []struct {
		syntax  Syntax
		pattern string
		pos     int
		message string
	}{
		{RE2, `a(b`, 1, "not closed"}, {RE2, `ab)`, 2, "unmatched"}, {RE2, `a[b`, 1, "not closed"}, {RE2, `*a`, 0, "nothing stands before *"}, {RE2, `a**`, 2, "quantifier behind"},
		{RE2, `(a)\1`, 3, "backreference"}, {RE2, `a{2,1}`, 1, "wrong way round"}, {RE2, `a{1001}`, 1, "above 1000"}, {RE2, `x\`, 1, "backslash at the end"}, {RE2, `[b-a]`, 1, "empty"},
		{RE2, `\h`, 0, "one thing in Perl"}, {RE2, `\p{Foo}`, 0, "no property"}, {RE2, `(?<a-b>c)`, 3, "no name"}, {RE2, `(?<a`, 0, "not closed"}, {RE2, `a(?P=n)`, 1, "backreference"},
		{RE2, `a(?R)`, 1, "recursion"}, {RE2, `(?(1)a|b)`, 0, "condition"}, {RE2, `\y`, 0, "no meaning"}, {RE2, "a\xffb", 1, "UTF-8"}, {RE2, `(?k)`, 0, "not known"},
		{Oniguruma, `a\K`, 1, "not supported"}, {Oniguruma, `\g<n>`, 0, "call of a group"}, {Oniguruma, `(?<=(?<n>a))b`, 0, "look-behind"}, {Oniguruma, `[[:foo:]]`, 1, "not known"},
		{Oniguruma, `\x{110000}`, 0, "too large"}, {Oniguruma, `(?~a)`, 0, "absent"}, {Oniguruma, `(?:(?:a{1000}){1000}){1000}`, -1, "too large"}, {Oniguruma, `(?#a`, 0, "comment"},
	} {
		_, _, err := build(t, c.pattern, c.syntax)
		var e *Error
		require.ErrorAs(t, err, &e, c.pattern)
		assert.Contains(t, e.Error(), c.message, c.pattern)
		if c.pos >= 0 {
			assert.Equal(t, c.pos, e.Pos, c.pattern)
		}
	}
}

// hard are patterns that take a backtracking engine time that grows faster than the text.
var hard = []struct{ pattern, text string }{
	{`(a*)*b`, "a"}, {`(a|a)*b`, "a"}, {`(.*)(.*)(.*)(.*)x`, "ab "}, {`.*? .*? .*? .*? x`, "a "}, {`(?:[^x]*[ab])*y`, "ab"}, {`(\w+\s?)+$.`, "word "}, {`([a-z]+)+[0-9]z`, "a"},
	{`(?:a?){20}a{20}b`, "a"}, {`(?>a*)b`, "a"}, {`a(?=.*b)`, "a"}, {`(?<=a.*)b`, "ac"}, {`(?>(?:a|ab)*)c`, "ab"}, {`.*a.{10}b`, "a"}, {`(?:(?:ab)*c?)*d`, "abab"},
}

// steps counts the work for a text of n repeats.
func steps(t testing.TB, p *Program, engine, text string) int {
	m := p.NewMachine()
	m.only(engine)
	before := 0
	_, _, _, _ = m.Match(slacked(text), 0, len(text))
	if m.walker != nil {
		before = budget(len(text)) - m.walker.steps
	}
	if m.plain != nil {
		before += m.plain.bits.steps
		if m.plain.pike != nil {
			before += m.plain.pike.steps
		}
	}
	return before
}

func TestStepsGrowWithTheTextOnly(t *testing.T) {
	for _, c := range hard {
		p, _, err := build(t, c.pattern, Oniguruma)
		require.NoError(t, err)
		for _, engine := range engines {
			short, long := steps(t, p, engine, strings.Repeat(c.text, 200)), steps(t, p, engine, strings.Repeat(c.text, 1600))
			assert.LessOrEqual(t, long, 10*short+1000, "%s: %q", engine, c.pattern)
		}
	}
}

// FuzzMatch holds all engines against each other and, where the pattern is RE2's, against Go's; and counts their steps.
func FuzzMatch(f *testing.F) {
	for _, c := range hard {
		f.Add(c.pattern, strings.Repeat(c.text, 5))
	}
	f.Add("[[:]", "[")
	f.Add("0++++++++++++++++++++++++++20", "0")
	f.Add(`(?i)(\w+)[^ ]* ("(?:\\.|[^"])*")?`, `abc "d\"e"`)
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) > 60 || len(text) > 200 {
			return
		}
		compareWithGo(t, pattern, []string{text})
		p, _, err := build(t, pattern, Oniguruma)
		if err != nil {
			return
		}
		want := found(p, "bits", text)
		for _, engine := range engines {
			assert.Equal(t, want, found(p, engine, text), "%s: %q on %q", engine, pattern, text)
			assert.LessOrEqual(t, steps(t, p, engine, text), (len(text)+1)*(3*len(p.plain().code)+16)+600, "%s: %q on %q", engine, pattern, text)
		}
	})
}

// again is what the machine finds in the text, as found tells it.
func again(m *Machine, text string) string {
	start, end, captures, ok := m.Match(slacked(text), 0, len(text))
	return fmt.Sprint(start, end, captures, ok)
}

// What a machine has seen before changes nothing.
func FuzzWarm(f *testing.F) {
	f.Add(`(\w+) (?:-|(\d+)) "(.*?)" (.*)`, `abc 1 "x" y`, `abc - "x y" z`, `a 22 "" `)
	f.Add(`(\S+)(?: (a|b+))? ([^x]*)x$`, `q a zx`, `q zx`, `q bb x`)
	f.Add(`\b(?>a|ab)(\W*)(?=c)(.)`, `ab c`, `a,c`, `abc`)
	f.Fuzz(func(t *testing.T, pattern, one, two, three string) {
		if len(pattern) > 60 || len(one)+len(two)+len(three) > 300 {
			return
		}
		p, _, err := build(t, pattern, Oniguruma)
		if err != nil {
			return
		}
		warm, plain := p.NewMachine(), p.NewMachine()
		plain.only("walk")
		for _, text := range []string{one, one, two, one, three, two, three} {
			want := again(plain, text)
			require.Equal(t, want, again(p.NewMachine(), text), "%q on %q", pattern, text)
			require.Equal(t, want, again(warm, text), "warm: %q on %q", pattern, text)
		}
	})
}

func TestLinesThatFitAtOnceTakeTheLane(t *testing.T) {
	p, _, err := build(t, `^(\w+) (?:-|(\d+)) "([^"]*)"(\S*)`, Oniguruma)
	require.NoError(t, err)
	m := p.NewMachine()
	for _, line := range []string{`abc 1 "x"`, `de 22 "yz"`, `f - "x"`, `g - ""`, `h - "x":`, `abcdefghijklmnopqrstuvwxyz_ABCDEFGHIJKLMNOPQRSTUVWXYZ 1 ""`} {
		m.walker.forget()
		end, _, _ := m.lane.match(m.walker, &text{slacked(line), 0, len(line)})
		require.GreaterOrEqual(t, end, 0, line)
		require.Equal(t, again(p.NewMachine(), line), again(m, line))
	}
	require.Zero(t, m.walker.steps, "the walk is not asked")
	require.Equal(t, "0 0 [] false", again(m, `abc x "x"`))
	require.Zero(t, m.walker.steps, "nor where there is no other place to begin at")
}

// Where the lane fails at a step that there is only one way to, no match begins where it began: the walk is asked for later ones alone.
func TestWhatTheLaneKnowsNotToFitIsNotWalked(t *testing.T) {
	for _, c := range []struct {
		pattern, line string
		never, forked bool
	}{
		{`^(\w+) (\d+) "([^"]*)" end$`, `abc 12 "x" and`, true, false},
		{`^(\w+) (\d+) "([^"]*)" end$`, `abc x "x" end`, true, false},
		{`^(\w+) (?:-|(\d+)) x`, `abc 7 y`, true, false},
		{`(\w+) (\d+)`, `abc x`, true, false},
		{`^(\w+)(?: (\d+))? x`, `abc 7 y`, false, false},
		{`^(\w+)(?: (\d+))? x`, `abc 7 y`, true, true},
		{`^(?:a(\d+)x|a(\d+)y)( \d+)?$`, `a7z`, true, true},
		{`^(?:a(\d+)x|a(\d+)y)( \d+)?$`, `a7x 8 9`, true, true},
		{`^(\S+)x(\d+) (\w+)$`, `axxx1 -`, false, true},
		{`^(.*) (\d+) (\w+)$`, `a 7 -`, true, false}, // what must follow is not there
		{`^(.*) (\d+) (\w+)$`, `a 7 b-`, false, false},
		{`^(.*?) (\d+) (\w+)$`, `a 7 -`, false, true},
	} {
		p, _, err := build(t, c.pattern, Oniguruma)
		require.NoError(t, err)
		m := p.NewMachine()
		lane := &m.lane
		if c.forked {
			lane = m.lane.lane.newForks()
		}
		m.walker.forget()
		end, _, never := lane.match(m.walker, &text{slacked(c.line), 0, len(c.line)})
		require.Equal(t, -1, end, "%s on %q", c.pattern, c.line)
		require.Equal(t, c.never, never, "%s on %q", c.pattern, c.line)
		if again(m, c.line); never && !c.forked {
			require.Zero(t, m.Steps(), "%s on %q", c.pattern, c.line)
		}
	}
}

// Loops over anything end in front of the last place where what must follow stands: chains of them fit at once.
func TestLoopsEndInFrontOfWhatMustFollow(t *testing.T) {
	for _, c := range []struct{ pattern, line, want string }{
		{`^x(.*)y(.*)z`, "xaybzcydz", "0 9 [1 6 7 8] true"},
		{`x(.*)y(.*)z`, "xaybxcydz", "0 9 [1 6 7 8] true"},
		{`^(.*),(.*),(.*),(.*)$`, "a,b,c,d,e,f", "0 11 [0 5 6 7 8 9 10 11] true"},
		{`^(.*),(.*),(\d+),(.*)$`, "a,b,1,2,d", "0 9 [0 3 4 5 6 7 8 9] true"},
		{`^(.*)(?:, (.*))?;(.*)$`, "a, b; c; d", "0 10 [0 7 -1 -1 8 10] true"},
		{`^(?:(.*), )?(.*);`, "a, b; c, d", "0 5 [0 1 3 4] true"},
		{`^(.*)(?:,|;)(.*)(?:!|\?)`, "a,b;c!d?e!", "0 10 [0 3 4 9] true"},
		{`^(.*),x`, "a,b,c", "0 0 [] false"},
		{`^(.+),(.+)$`, ",,", "0 0 [] false"},
	} {
		p, _, err := build(t, c.pattern, Oniguruma)
		require.NoError(t, err)
		m := p.NewMachine()
		for range 3 { // what is known of the line before is forgotten
			require.Equal(t, c.want, again(m, c.line), c.pattern)
			again(m, c.line[:1]+c.line)
		}
		plain := p.NewMachine()
		plain.only("bits")
		require.Equal(t, c.want, again(plain, c.line), c.pattern)
	}
}

func TestALaneThatDoesNotFitRests(t *testing.T) {
	p, _, err := build(t, `(.*?) x`, Oniguruma)
	require.NoError(t, err)
	m := p.NewMachine()
	for range laneRests {
		require.Equal(t, "0 5 [0 3] true", again(m, "a b x"))
	}
	require.Positive(t, m.lane.rests)
	for range 2 * laneRests {
		require.Equal(t, "0 3 [0 1] true", again(m, "a x"))
	}
	require.Zero(t, m.lane.rests)
}

func TestLinesWhoseFirstChoicesDoNotFitTakeTheForks(t *testing.T) {
	p, _, err := build(t, `^(?:a(\d+)x|a(\d+)y|(\w+) z)( \d+)?( \w+)?( \d+)? (\S+)-(\d+)$`, Oniguruma)
	require.NoError(t, err)
	m, plain := p.NewMachine(), p.NewMachine()
	plain.only("walk")
	for k, lines := 0, []string{"a12y hello b-7", "a12y 5 hello b-7", "word z 5 6 b-c-7", "a1x hello 5 b-7", "a12y hello 5 b-7"}; k < 3*laneRests; k++ {
		line, rests := lines[k%len(lines)], m.lane.rests > 0
		require.Equal(t, again(plain, line), again(m, line), line)
		require.Contains(t, again(plain, line), "true", line)
		if rests {
			require.Zero(t, m.Steps(), "%s: the walk is not asked", line)
		}
	}
	require.NotNil(t, m.lane.tried)
	require.Equal(t, "0 0 [] false", again(m, "a12y hello 5 b-"))
	require.NotZero(t, m.Steps(), "it has not been told that there is none")
}

// A match that asks for the border of a word where it begins is not looked for inside of words, and any other is.
func TestMatchesInsideOfWords(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 1))
	for pattern, edge := range map[string]string{
		`\b[abc][bc]x?-`: "abc", `(?:\b[abc]b|[b1][1b]) `: "ac", `b?\b[ac]c`: "ac", `(?:\b|b)[ab]c+-`: "", `(?=[ab])\w[bc]`: "", `(?:\ba|\b[bc])+[1-]`: "abc", `(?<x>\b[ab])(?:1|c)`: "ab", `\B[ab]c-`: "",
	} {
		p, _, err := build(t, pattern, Oniguruma)
		require.NoError(t, err, pattern)
		got := ""
		if begins := p.walk.begins(); begins != nil && begins.edge != nil {
			for c, is := range begins.edge {
				if is {
					got += string([]byte{byte(c)})
				}
			}
		}
		assert.Equal(t, edge, got, pattern)
		m, plain := p.NewMachine(), p.NewMachine()
		plain.only("bits")
		for range 5000 {
			text := ""
			for range r.IntN(40) {
				text += []string{"a", "b", "c", "1", "-", " ", "x", "é"}[r.IntN(8)]
			}
			require.Equal(t, again(plain, text), again(m, text), "%q on %q", pattern, text)
		}
	}
}

// What a shortcut does not know is left out of the walk until a text asks for it, and then what is found is what the pattern finds.
func TestShortcutsPutOffWhatTheyDoNotKnow(t *testing.T) {
	number, _, err := build(t, `\d+|x+`, Oniguruma)
	require.NoError(t, err)
	digits := &Native{Name: "DIGITS", Over: "0123456789x", Match: func(data []byte, _, i, to int) int {
		end := i
		for end < to && '0' <= data[end] && data[end] <= '9' {
			end++
		}
		if end == i {
			return -1
		}
		return end
	}}
	whole, _, err := build(t, `^(?:\d+|x+) (\w+)$`, Oniguruma)
	require.NoError(t, err)
	tree := whole.root
	for n := tree; ; n = n.Subs[0] {
		if n.Kind != Cat {
			continue
		}
		n.Subs[1] = &Node{Kind: Group, Capture: -1, Subs: []*Node{number.root}, Native: digits}
		break
	}
	p, err := Compile(tree, 1)
	require.NoError(t, err)
	m := p.NewMachine()
	require.Equal(t, "0 5 [3 5] true", again(m, "12 ab"))
	require.True(t, m.walker.w.brief)
	require.Nil(t, m.plain)
	require.Equal(t, "0 6 [4 6] true", again(m, "xxx ab"))
	require.False(t, m.walker.w.brief)
	require.Equal(t, "0 0 [] false", again(m, "ab ab"))
}

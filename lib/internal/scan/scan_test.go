package scan

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/mem"
)

// padded puts text and a newline into memory with the slack the searches need, filled with junk that must not matter.
func padded(text string) []byte {
	b := make([]byte, 0, len(text)+1+Slack)
	b = append(append(b, text...), '\n')
	junk := b[len(b):cap(b)]
	for i := range junk {
		junk[i] = "\"\\x \n9"[i%6]
	}
	return b
}

func indexAny(b []byte, i int, set string) int { return i + bytes.IndexAny(b[i:], set) }

func plainStringEnd(b []byte, i int) int {
	for b[i] != '"' && b[i] != '\\' && b[i] >= 0x20 {
		i++
	}
	return i
}

// set is the bytes that masks are made of in these tests.
var set, _ = NewSet(' ', '"', '\\', '9')

// sixtyFour is what Same64 compares with in these tests.
var sixtyFour = [64]uint8([]byte(strings.Repeat("a \x00\xff\"\\9\n", 8)))

// mask64 is Mask64 where that may be called.
func mask64(s *Set, b []byte, i int) uint64 {
	if Wider() {
		return s.Mask64(b, i)
	}
	return s.plain(b, i)
}

// marks are the twins that mark stops.
var marks = map[string]func(to []uint64, b []byte, i int){"mark": mark, "markWords": markWords}

func checkSearches(t *testing.T, text string) {
	b := padded(text)
	var stops Stops
	stops.Reset(b, 0, len(b))
	for name, mark := range marks {
		words := make([]uint64, (len(b)+63)>>6)
		mark(words, b, 0)
		require.Equal(t, stops.words[:len(words)], words, "%s of %q", name, text)
	}
	for i := 0; i <= len(text); i++ {
		var blank, odd uint64
		for k, c := range b[i : i+64 : cap(b)] {
			if c == ' ' {
				blank |= 1 << k
			} else if c < ' ' || c > '~' {
				odd |= 1 << k
			}
		}
		var four [4]uint64
		for k, c := range b[i : i+64 : cap(b)] {
			if m := strings.IndexByte(" \"\\9", c); m >= 0 {
				four[m] |= 1 << k
			}
		}
		for name, masks := range map[string]func([]byte, int, byte, byte, byte, byte) (x, y, z, u uint64){"Masks4": Masks4, "masks4": masks4} {
			x, y, z, u := masks(b, i, ' ', '"', '\\', '9')
			require.Equal(t, four, [4]uint64{x, y, z, u}, "%s %q at %d", name, text, i)
		}
		for name, masks := range map[string]func([]byte, int, byte, byte) (x, y uint64){"Masks2": Masks2, "masks2": masks2} {
			x, y := masks(b, i, ' ', '9')
			require.Equal(t, [2]uint64{four[0], four[3]}, [2]uint64{x, y}, "%s %q at %d", name, text, i)
		}
		for name, two := range map[string]func([]byte, int) (uint64, uint64){"Words": Words, "words": words} {
			gotBlanks, gotOdd := two(b, i)
			require.Equal(t, []uint64{blank, odd}, []uint64{gotBlanks, gotOdd}, "%s %q at %d", name, text, i)
		}
		var ends uint64
		for k, c := range b[i : i+64 : cap(b)] {
			if c == '\n' {
				ends |= 1 << k
			}
		}
		require.Equal(t, ends, plainFeeds(b, i), "%q at %d", text, i)
		var same uint64
		for k, c := range b[i : i+64 : cap(b)] {
			if c == sixtyFour[k] {
				same |= 1 << k
			}
		}
		require.Equal(t, same, plainSame(b, i, &sixtyFour), "%q at %d", text, i)
		if Wider() {
			require.Equal(t, ends, Feeds64(b, i), "%q at %d", text, i)
			require.Equal(t, same, Same64(b, i, &sixtyFour), "%q at %d", text, i)
			gotBlanks, gotOdd := Words64(b, i)
			require.Equal(t, []uint64{blank, odd}, []uint64{gotBlanks, gotOdd}, "Words64 %q at %d", text, i)
		}
		for name, mask := range map[string]func(*Set, []byte, int) uint64{"Mask": (*Set).Mask, "Mask64": mask64, "plain": (*Set).plain} {
			require.Equal(t, four[0]|four[1]|four[2]|four[3], mask(&set, b, i), "%s %q at %d", name, text, i)
		}
		var upTo, stop uint32
		for k, c := range b[i : i+32 : cap(b)] {
			if c <= ' ' {
				upTo |= 1 << k
			}
			if c < ' ' || c == '"' || c == '\\' {
				stop |= 1 << k
			}
		}
		require.Equal(t, []uint32{upTo, stop}, []uint32{blanks(b, i), quotes(b, i)}, "blanks, quotes %q at %d", text, i)
		if Indexed() {
			require.Equal(t, []uint32{upTo, stop}, []uint32{Blanks(b, i), Quotes(b, i)}, "Blanks, Quotes %q at %d", text, i)
		}
		require.Equal(t, len(text), LineEnd(b, i), "LineEnd %q at %d", text, i)
		require.Equal(t, len(text), lineEnd(b, i), "lineEnd %q at %d", text, i)
		require.Equal(t, indexAny(b, i, " \n"), Find(b, i, ' ', '\n'), "Find %q at %d", text, i)
		require.Equal(t, indexAny(b, i, " \n"), find(b, i, ' ', '\n'), "find %q at %d", text, i)
		require.Equal(t, indexAny(b, i, "\"\\\n"), Find3(b, i, '"', '\\', '\n'), "Find3 %q at %d", text, i)
		require.Equal(t, indexAny(b, i, "\"\\\n"), find3(b, i, '"', '\\', '\n'), "find3 %q at %d", text, i)
		require.Equal(t, indexAny(b, i, "\"\\\n"), Find3Far(b, i, '"', '\\', '\n'), "Find3Far %q at %d", text, i)
		require.Equal(t, indexAny(b, i, "[: \n"), Find4(b, i, '[', ':', ' ', '\n'), "Find4 %q at %d", text, i)
		require.Equal(t, indexAny(b, i, "[: \n"), find4(b, i, '[', ':', ' ', '\n'), "find4 %q at %d", text, i)
		pair := indexAny(b, i, "\n")
		if k := bytes.Index(b[i:pair], []byte(" -")); k >= 0 {
			pair = i + k
		}
		require.Equal(t, pair, FindPair(b, i, ' ', '-', '\n'), "FindPair %q at %d", text, i)
		require.Equal(t, pair, findPair(b, i, ' ', '-', '\n'), "findPair %q at %d", text, i)
		dark := func(set string) int {
			return i + bytes.IndexFunc([]byte(strings.ToValidUTF8(string(b[i:]), "\x80")), func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(set, r) })
		}
		require.Equal(t, dark(""), PrintableEnd(b, i), "PrintableEnd %q at %d", text, i)
		require.Equal(t, dark("=]\""), NameEnd(b, i), "NameEnd %q at %d", text, i)
		token := i + bytes.IndexFunc(b[i:], func(r rune) bool { return r <= ' ' || r == '"' || r == '\\' })
		require.Equal(t, token, TokenEnd(b, i), "TokenEnd %q at %d", text, i)
		require.Equal(t, token, tokenEnd(b, i), "tokenEnd %q at %d", text, i)
		for name, two := range map[string]func([]byte, int) (int, int){"TwoTokenEnds": TwoTokenEnds, "twoTokenEnds": twoTokenEnds} {
			first, second := two(b, i)
			require.Equal(t, token, first, "%s %q at %d", name, text, i)
			if b[first] != '\n' {
				require.Equal(t, tokenEnd(b, token+1), second, "%s %q at %d", name, text, i)
			}
		}
		require.Equal(t, plainStringEnd(b, i), StringEnd(b, i), "StringEnd %q at %d", text, i)
		require.Equal(t, plainStringEnd(b, i), stringEnd(b, i), "stringEnd %q at %d", text, i)
		require.Equal(t, plainStringEnd(b, i), NextStop(stops.Marks(), i), "NextStop %q at %d", text, i)
		copied, end := AppendString([]byte("x"), b, i)
		require.Equal(t, plainStringEnd(b, i), end, "AppendString %q at %d", text, i)
		require.Equal(t, "x"+string(b[i:end]), string(copied), "AppendString %q at %d", text, i)
	}
}

func TestSearchesAgreeWithThePlainLoop(t *testing.T) {
	for _, text := range []string{
		"", " ", "x", "a b", `"`, `\`, "\x00", "\x1f", "\x20", "\x7f\x80\xff", "abcdefgh ", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEF \"",
		"\x21\x22", "!!!!!!!\x20", "\xa0\x8a\xdc\xa2", `say \"hi\" there`, "sshd(pam_unix)[19939]: authentication failure: x", "\x01\x00\x01\x00\x01 ", "#####!!!!!   \t\t\t\r\r",
		"a - b-c --  -", "        - ------- -", "x-y !-\x1f- \xad-\x20-", strings.Repeat("- ", 40),
		"GET /" + strings.Repeat("x", 70) + " HTTP/1.1\"", strings.Repeat("x", 63) + " " + strings.Repeat("y", 63) + "\\",
	} {
		checkSearches(t, text)
	}
}

// TestPlainTextIsCopied: with any byte in any place of texts of many lengths.
func TestPlainTextIsCopied(t *testing.T) {
	for n := 32; n < 140; n++ {
		text := bytes.Repeat([]byte("ab z~!#[]^"), 14)[:n]
		for name, copies := range map[string]func(to, from []byte) bool{"CopyPlain": CopyPlain, "copyPlain": copyPlain} {
			to := make([]byte, n+1)
			require.True(t, copies(to[:n], text), "%s %d", name, n)
			require.Equal(t, append(bytes.Clone(text), 0), to, "%s %d", name, n)
			for at := range n {
				for _, c := range []byte{0, 0x1f, ' ', '!', '"', '#', '[', '\\', ']', 0x7f, 0x80, 0xa2, 0xdc, 0xff} {
					odd := bytes.Clone(text)
					odd[at] = c
					require.Equal(t, c >= ' ' && c < 0x80 && c != '"' && c != '\\', copies(to[:n], odd), "%s %q at %d", name, odd, at)
				}
			}
		}
	}
}

// TestALineIsCopied: with any byte in any place of texts of many lengths.
func TestALineIsCopied(t *testing.T) {
	for n := range 140 {
		text := bytes.Repeat([]byte("ab z~!#[]^\t\x00\x7f"), 14)[:n]
		for name, copies := range map[string]func(to, from []byte) bool{"CopyLine": CopyLine, "copyLine": copyLine} {
			to := bytes.Repeat([]byte{'?'}, n+1+Slack+1)
			want := append(append(bytes.Clone(text), "\n"+LineFeeds...), '?')
			require.True(t, copies(to, text), "%s %d", name, n)
			require.Equal(t, want, to, "%s %d", name, n)
			for at := range n {
				for _, c := range []byte{0, '\t', '\n', '\v', ' ', 0x7f, 0x80, 0x8a, 0xff} {
					odd := bytes.Clone(text)
					odd[at] = c
					require.Equal(t, c != '\n' && c < 0x80, copies(to, odd), "%s %q at %d", name, odd, at)
					require.Equal(t, odd, to[:n])
				}
			}
		}
	}
}

func TestTheFirstByteBeyondASCII(t *testing.T) {
	for n := range 40 {
		text := bytes.Repeat([]byte{0x7f}, n)
		for from := range n + 1 {
			require.Equal(t, n, HighByte(text, from))
			for at := range n {
				for _, c := range []byte{0x80, 0xff} {
					text[at] = c
					want := at
					if at < from {
						want = n
					}
					require.Equal(t, want, HighByte(text, from), "%q from %d", text, from)
					text[at] = 0x7f
				}
			}
		}
	}
}

func FuzzSearches(f *testing.F) {
	f.Add([]byte("GET / HTTP/1.1\" 200"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 300 || bytes.IndexByte(text, '\n') >= 0 {
			return
		}
		checkSearches(t, string(text))
	})
}

// classes are sets of bytes that runs are made of.
var classes = map[string]func(c byte) bool{
	"none": func(byte) bool { return false }, "all": func(byte) bool { return true }, "ASCII": func(c byte) bool { return c < 0x80 }, "beyond": func(c byte) bool { return c >= 0x80 },
	"digits": func(c byte) bool { return c-'0' <= 9 }, "dark": func(c byte) bool { return c > ' ' }, "no quote": func(c byte) bool { return c != '"' && c != '\\' },
	"host": func(c byte) bool { return c-'0' <= 9 || c|0x20-'a' <= 25 || c == '-' || c == '.' },
}

func checkClasses(t *testing.T, text []byte) {
	b := padded(string(text))
	for name, has := range classes {
		c := NewClass(has)
		for i := range len(text) + 1 {
			for _, to := range []int{i, min(i+3, len(text)), len(text)} {
				want := i
				for want < to && has(b[want]) {
					want++
				}
				require.Equal(t, want, c.End(b, i, to), "%s: %q from %d to %d", name, text, i, to)
				require.Equal(t, want, c.end(b, i, to), "%s, bytes: %q from %d to %d", name, text, i, to)
			}
		}
	}
}

// Every byte is found by the set that has it, and no other one; which of ASCII may stand together is told.
func TestSets(t *testing.T) {
	all := make([]byte, 256+Slack)
	for i := range all {
		all[i] = byte(i)
	}
	for c := range 0x80 {
		s, ok := NewSet(byte(c), byte(c))
		require.True(t, ok)
		for i := 0; i < 256; i += 64 {
			want := uint64(0)
			if c&^63 == i {
				want = 1 << (c & 63)
			}
			require.Equal(t, []uint64{want, want, want}, []uint64{s.Mask(all, i), mask64(&s, all, i), s.plain(all, i)}, "%q from %d", c, i)
		}
	}
	_, ok := NewSet(':', '\n')
	assert.False(t, ok)
	_, ok = NewSet(0x80)
	assert.False(t, ok)
}

func TestClasses(t *testing.T) {
	for _, text := range []string{"", "7", "10.0.0.1 - -", "\xc3\xa9\"", strings.Repeat("a-b.c0Z", 20) + "_", strings.Repeat("\xff", 40), strings.Repeat("0", 64)} {
		checkClasses(t, []byte(text))
	}
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	checkClasses(t, every)
	assert.Nil(t, NewClass(func(c byte) bool { return c == 0xff }), "some bytes beyond ASCII")
	assert.Nil(t, NewClass(func(c byte) bool { return c != 0xff }), "all but one beyond ASCII")
	assert.True(t, NewClass(classes["digits"]).Has('5'))
}

func checkTriples(t *testing.T, text []byte) {
	b := padded(string(text))
	b = b[:cap(b)]
	names := slices.Sorted(maps.Keys(classes))
	for k, name := range names {
		sets := [3]func(byte) bool{classes[name], classes[names[(k+1)%len(names)]], classes[names[(k+3)%len(names)]]}
		three := NewTriples(func(k int, c byte) bool { return sets[k](c) })
		for i := range len(text) {
			want := uint32(0)
			for at := range 32 {
				if sets[0](b[i+at]) && sets[1](b[i+at+1]) && sets[2](b[i+at+2]) {
					want |= 1 << at
				}
			}
			require.Equal(t, want, three.Mask(b, i), "%s: %q from %d", name, text, i)
			require.Equal(t, want, three.mask(b, i), "%s, bytes: %q from %d", name, text, i)
		}
	}
}

func TestTriples(t *testing.T) {
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	for _, text := range []string{"abc", "7", string(every), strings.Repeat("a-b.c0Z", 20) + "_", strings.Repeat(" \"", 40) + "10.", strings.Repeat("-", 33) + "0\xff.7"} {
		checkTriples(t, []byte(text))
	}
	three := NewTriples(func(k int, c byte) bool { return c == "m\xc3y"[k] })
	assert.Equal(t, uint32(0b1_0001_0000), three.Mask(padded("may m\xc4y m\xc3y"), 0), "one byte beyond ASCII stands for all")
	assert.Equal(t, uint32(0b1_0001_0000), three.mask(padded("may m\xc4y m\xc3y"), 0))
}

func FuzzClasses(f *testing.F) {
	f.Add([]byte("host-1.example \xe9"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) <= 100 {
			checkClasses(t, text)
			checkTriples(t, text)
		}
	})
}

func TestDigits(t *testing.T) {
	for _, text := range []string{"", "0", "7", "42", "1234567", "12345678", "123456789", "123456789012345", "1234567890123456", "00000000", "99999999"} {
		for _, behind := range []string{"", "x", "-", "/", ":", " 1"} {
			b := padded(text + behind)
			v, i := Digits(b, 0)
			assert.Equal(t, len(text), i, "%q", text+behind)
			if text != "" {
				want, err := strconv.ParseUint(text, 10, 64)
				require.NoError(t, err)
				assert.Equal(t, want, v, "%q", text)
			}
		}
	}
	v, i := Digits(padded("12345678901234567"), 0)
	assert.Equal(t, uint64(1234567890123456), v)
	assert.Equal(t, 16, i, "a longer run stops after 16")
}

func TestNewlines(t *testing.T) {
	assert.Equal(t, 0, Newlines(nil))
	assert.Equal(t, 3, Newlines([]byte("a\n\nb\n")))
}

func TestValid(t *testing.T) {
	for n := range 400 {
		text := bytes.Repeat([]byte("a"), n)
		assert.True(t, Valid(text))
		for _, odd := range []string{"\xff", "\u00e9", "\xc3"} {
			for at := 0; at < n; at += 13 {
				mixed := append(append(bytes.Clone(text[:at]), odd...), text[at:]...)
				if n%7 == 0 { // more of it than one piece holds
					mixed = append(bytes.Repeat([]byte(odd), at%5), append(mixed, strings.Repeat("\u65e5", at)+odd...)...)
				}
				assert.Equal(t, utf8.Valid(mixed), Valid(mixed), "%q at %d of %d", odd, at, n)
			}
		}
	}
}

// letters are of every length, at the borders of what UTF-8 can say, and what is none.
var letters = []string{"a", "\x00", "\x7f", "\u0080", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\uffff", "\U00010000", "\U0010ffff", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80",
	"\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xfe", "\x80", "\xbf", "\xc2", "\xe2\x82", "\xf0\x9f\x92", "\xe2\x82\xac\xac"}

func TestValidIsValid(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		var b []byte
		odd := r.IntN(3) // of many letters none, one or several are wrong
		for n := r.IntN(150); len(b) < n; {
			k := r.IntN(len(letters))
			if k >= 11 && (odd == 0 || odd == 1 && r.IntN(60) > 0) {
				k %= 11
			}
			b = append(b, letters[k]...)
		}
		want := utf8.Valid(b)
		require.Equal(t, want, Valid(b), "%q", b)
		require.Equal(t, want, valid(b), "%q", b)
		n := validTo(b)
		require.True(t, n < 0 && !want || n >= 0 && utf8.Valid(b[:n]) && want == utf8.Valid(b[n:]), "%q to %d", b, n)
	}
}

func FuzzValid(f *testing.F) {
	for _, letter := range letters {
		f.Add([]byte(strings.Repeat(letter, 40)))
		f.Add([]byte(strings.Repeat("\u65e5", 20) + letter + strings.Repeat("x", 40)))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		require.Equal(t, utf8.Valid(b), Valid(b), "%q", b)
		require.Equal(t, utf8.Valid(b), valid(b), "%q", b)
	})
}

func BenchmarkValid(b *testing.B) {
	for name, text := range map[string]string{"ASCII": "a line of text, ", "some": "a line of caf\u00e9 and more of it, and more, and more again 0123456789", "all": "\u65e5\u672c\u8a9e"} {
		data := []byte(strings.Repeat(text, 1<<20/len(text)))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				Valid(data)
			}
		})
		b.Run(name+"/plain", func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				utf8.Valid(data)
			}
		})
	}
}

func BenchmarkStops(b *testing.B) {
	data := padded(strings.Repeat(`{"key":"value","text":"some more of it","n":17}`, 1<<20/47))
	words := make([]uint64, len(data)>>6+1)
	for name, mark := range marks {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				mark(words, data, 0)
			}
		})
	}
}

// TestStops: each byte in each place, and an index that begins in the middle of a block.
func TestStops(t *testing.T) {
	for c := range 256 {
		for at := range 70 {
			text := bytes.Repeat([]byte("~"), 70)
			text[at] = byte(c)
			b := padded(string(text))
			for name, mark := range marks {
				words := make([]uint64, (len(b)+63)>>6+2)
				mark(words[:(len(b)+63)>>6], b, 0)
				require.Equal(t, plainStringEnd(b, 0), NextStop(mem.Raw(words), 0), "%s, %#x at %d", name, c, at)
			}
		}
	}
	text := strings.Repeat("x", 1000) + `"` + strings.Repeat("y", 300) + `"`
	b, s := padded(text), Stops{}
	for _, from := range []int{0, 1, 63, 64, 700, 1000, 1001} {
		s.Reset(b, from, len(b))
		require.Equal(t, plainStringEnd(b, from), NextStop(s.Marks(), from), "from %d", from)
	}
}

package value

import (
	"math"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/scan"
)

// padded is text with slack behind it that must not matter.
func padded(text string) []byte { return padding(text, "9.e1a0") }

func padding(text, junk string) []byte {
	b := append(make([]byte, 0, len(text)+scan.Slack), text...)
	rest := b[len(b):cap(b)]
	for i := range rest {
		rest[i] = junk[i%len(junk)]
	}
	return b
}

func checkNumbers(t *testing.T, text string) {
	// What stands behind the text must not matter; a number that goes on there is not the text's.
	for _, b := range [][]byte{padded(text), padding(text, "\n"), padding(text, "}\",")} {
		want, err := strconv.ParseInt(text, 10, 64)
		got, ok := Int(b, 0, len(text))
		require.Equal(t, err == nil, ok, "%q", text)
		if ok {
			require.Equal(t, want, got, "%q", text)
		}
		wantU, err := strconv.ParseUint(text, 10, 64)
		gotU, ok := Uint(b, 0, len(text))
		require.Equal(t, err == nil, ok, "%q", text)
		if ok {
			require.Equal(t, wantU, gotU, "%q", text)
		}
		wantF, err := strconv.ParseFloat(text, 64)
		gotF, ok := Float(b, 0, len(text))
		good := err == nil && !strings.ContainsAny(text, "xX_pPnN")
		require.Equal(t, good, ok, "%q", text)
		if ok {
			require.Equal(t, math.Float64bits(wantF), math.Float64bits(gotF), "%q", text)
		}
	}
}

var numbers = []string{
	"", "0", "-0", "+0", "7", "-7", "+7", "42", "007", "12345678", "123456789", "1234567890123456", "12345678901234567", "9223372036854775807", "9223372036854775808",
	"-9223372036854775808", "-9223372036854775809", "18446744073709551615", "18446744073709551616", "99999999999999999999", "000000000000000000000000000001",
	"-", "+", "--1", "1-", "1 ", " 1", "1.5", "-1.5", "+1.5", ".5", "5.", ".", "-.", "1e5", "1E+5", "1e-5", "1e", "1e+", "e5", "1.1.1", "0.1", "405.468", "169.780",
	"123456789012345.6", "12345678901234.5", "0.000000000000001", "1.7976931348623157e308", "1e309", "5e-324", "1e-400", "NaN", "inf", "-Inf", "0x10", "0x1p4", "1_000",
	"3.787e+04", "9007199254740993", "100018002000001906146520", "1a", "a1", "12345678a", "1234567a",
}

func TestReadHex(t *testing.T) {
	for _, c := range []struct {
		text string
		want int64
		end  int
		ok   bool
	}{{"100", 256, 3, true}, {"0x1F ", 31, 4, true}, {"0xg", 0, 1, true}, {"g", 0, 0, false}, {"7fffffffffffffff", 1<<63 - 1, 16, true}, {"8000000000000000", -1 << 63, 16, false}, {"", 0, 0, false}} {
		got, end, ok := ReadHex(append([]byte(c.text), make([]byte, 64)...), 0)
		assert.Equal(t, c.ok, ok, c.text)
		assert.Equal(t, c.end, end, c.text)
		if ok {
			assert.Equal(t, c.want, got, c.text)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, text := range numbers {
		checkNumbers(t, text)
	}
}

func FuzzNumbers(f *testing.F) {
	for _, text := range numbers {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) < 400 {
			checkNumbers(t, text)
		}
	})
}

func TestShortFloat(t *testing.T) {
	for _, c := range []struct {
		text string
		want float64
		end  int
	}{{"405.468 ", 405.468, 7}, {"12}", 12, 2}, {"1.5e3 ", 1.5, 3}, {"1. ", 0, 0}, {"x", 0, 0}, {"1234567890123456 ", 0, 0}, {"123456789012345.6 ", 0, 0},
		{"12345678901234.5 ", 12345678901234.5, 16}, {"0.12345678901234567 ", 0, 0}} {
		v, end := ShortFloat(padded(c.text), 0)
		assert.Equal(t, c.want, v, c.text)
		assert.Equal(t, c.end, end, c.text)
	}
}

func TestHex(t *testing.T) {
	for text, want := range map[string]uint64{"0": 0, "1f": 31, "0x1F": 31, "0XfF": 255, "ffffffffffffffff": math.MaxUint64, "00000000000000000001": 1} {
		got, ok := Hex(padded(text), 0, len(text))
		assert.True(t, ok, text)
		assert.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "0x", "g", "1ffffffffffffffff", "-1", "0x0x1", "1 "} {
		_, ok := Hex(padded(text), 0, len(text))
		assert.False(t, ok, text)
	}
}

func TestBool(t *testing.T) {
	for text, want := range map[string]bool{"true": true, "TRUE": true, "True": true, "1": true, "false": false, "FALSE": false, "0": false} {
		got, ok := Bool(padded(text), 0, len(text))
		assert.True(t, ok, text)
		assert.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "t", "yes", "2", "tru", "trua", "fals", "falsa", "truee", "10", "\x14\x12\x15\x05"} {
		_, ok := Bool(padded(text), 0, len(text))
		assert.False(t, ok, "%q", text)
	}
}

func TestDuration(t *testing.T) {
	const s, year = int64(time.Second), int64(365 * 24 * time.Hour)
	for _, c := range []struct {
		text, unit string
		want       int64
	}{
		{"0s", "", 0}, {"0.0w0d0h0s0.0ms", "", 0}, {"-0.0w0.00d0h0s0.0000ms", "", 0}, {"1.5ms", "", 1.5e6}, {"1µs", "", 1000}, {"1μs", "", 1000}, {"1us", "", 1000},
		{"1h", "", 3600 * s}, {"0.001h", "", 3600e6}, {"1m5.123456789s", "", 65123456789}, {"1h5m", "", 3900 * s}, {"1s1m", "", 61 * s}, {"10cs", "", s / 10}, {"1s5ds", "", s * 3 / 2}, {"5", "cs", 5e7}, {"1 s", "", s}, {"1ms1 µs", "", 1001000},
		{"1.1w", "", 665280 * s}, {"1h 5m  3s", "", 3903 * s}, {"1y", "", year}, {"-1h30m", "", -5400 * s}, {"+5ns", "", 5}, {".5s", "", s / 2}, {"5.s", "", 5 * s},
		{"9223372036854775807ns", "", math.MaxInt64}, {"-9223372036854775808ns", "", math.MinInt64}, {"292y", "", 292 * year}, {"0.9ns", "", 0}, {"1.9999999999s", "", 1999999999},
		{"0.000000000000000000000000001y", "", 0}, {"0.1234567890123456789123456789s", "", 123456789}, {"1.0000000000000000000000000000h", "", 3600 * s},
		{"0.005", "s", 5e6}, {"5", "ms", 5e6}, {"-1.5", "s", -1.5e9}, {"1e-05", "s", 1e4}, {"1.5E3", "us", 1.5e6}, {"12", "ns", 12}, {"1h5m", "ms", 3900 * s}, {"0e99", "s", 0},
		{"1e-99", "s", 0}, {"922337203685477580.7e1", "ns", math.MaxInt64}, {"00000000000000000000000000001", "s", s},
	} {
		got, ok := Duration([]byte(c.text), Unit(c.unit))
		assert.True(t, ok, "%q %s", c.text, c.unit)
		assert.Equal(t, c.want, got, "%q %s", c.text, c.unit)
	}
	for _, c := range []struct{ text, unit string }{
		{"", ""}, {"", "s"}, {"2.5", ""}, {"0", ""}, {"foobar", ""}, {"1soo", ""}, {"3.43es", ""}, {"2s ", ""}, {" 2s", ""}, {"1d foo", ""}, {"1234567890123456789012345d", ""},
		{"9223372036854775808ns", ""}, {"-9223372036854775809ns", ""}, {"293y", ""}, {"200y200y", ""}, {"292y292y292y", ""}, {"-", ""}, {"s", ""}, {"1..5s", ""}, {".s", ""}, {"1h5", "s"}, {"5 1h", "s"},
		{"1e5s", ""}, {"1e", "s"}, {"1e20", "s"}, {"1e1000000000000", "ns"}, {"NaN", "s"}, {"1h-5m", ""}, {"5 ", "s"}, {"18446744073709551616ns", ""}, {"99999999999999999999999", "ns"},
	} {
		got, ok := Duration([]byte(c.text), Unit(c.unit))
		assert.False(t, ok, "%q %s: %d", c.text, c.unit, got)
	}
	assert.Zero(t, Unit("fortnight"))
}

func TestReadDuration(t *testing.T) {
	read := ReadDuration(Unit("s"))
	for _, c := range []struct {
		text string
		ns   int64
		end  int
	}{{"1.5ms\"", 1.5e6, 5}, {"0.25,", 25e7, 4}, {"1ms1 µs }\n", 1001000, 8}, {"-3 \n", -3e9, 2}} {
		ns, end, ok := read(padded(c.text), 0)
		assert.True(t, ok, c.text)
		assert.Equal(t, c.ns, ns, c.text)
		assert.Equal(t, c.end, end, c.text)
	}
	_, _, ok := read(padded("\n"), 0)
	assert.False(t, ok)
}

func FuzzDuration(f *testing.F) {
	for _, text := range []string{"1h5m", "1.5ms", "-1m5.123456789s", "9223372036854775807ns", "1s1m"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := Duration([]byte(text), 0)
		want, err := time.ParseDuration(text)
		if err != nil || text == "0" || text == "-0" || text == "+0" {
			return
		}
		// Go counts fractions in float64 and drops digits: its sum may be short by one for each part, and pass for an overflow.
		if !ok {
			require.True(t, strings.Contains(text, "."), "%q is %d", text, want)
			return
		}
		parts := float64(strings.Count(text, "."))
		require.InDelta(t, 0, float64(int64(want)-got), parts*(1+math.Abs(float64(got))*1e-15), "%q", text)
	})
}

func TestIP(t *testing.T) {
	for _, text := range []string{"1.2.3.4", "255.255.255.255", "0.0.0.0", "::", "::1", "2001:db8::1", "::ffff:1.2.3.4", "fe80::1%eth0", "2001:0db8:85a3:0000:0000:8a2e:0370:7334", "FE80::A"} {
		assert.True(t, IP([]byte(text)), text)
	}
	for _, text := range []string{"", ":", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1..2.3", ".1.2.3", "1.2.3.", "1.2.3.4 ", "example.com", "1:2", "::g", "[::1]", "1.2.3.4:80",
		"fe80::1%", "::1::", "00.0.0.0", strings.Repeat(":", 200)} {
		assert.False(t, IP([]byte(text)), text)
	}
	assert.True(t, IP4([]byte("10.0.0.1")))
	assert.False(t, IP4([]byte("::1")))
}

func FuzzIP(f *testing.F) {
	f.Add("1.2.3.4")
	f.Add("2001:db8::1%a")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) <= 128 {
			_, err := netip.ParseAddr(text)
			require.Equal(t, err == nil, IP([]byte(text)), "%q", text)
		}
	})
}

func TestEscapes(t *testing.T) {
	for _, c := range []struct{ text, plain, quoted string }{
		{`a\"b\\c`, `a"b\c`, `a"b\c`},
		{`\n\t\r\b\f\v\a`, "\n\t\r\b\f\v\a", "\n\t\r\b\f\v\a"},
		{`\x41\xff\xZZ\x4`, "A\xff\\xZZ\\x4", "A\xff\\xZZ\\x4"},
		{`end\`, `end\`, `end\`},
		{`\q\/\'`, `\q\/\'`, `\q/'`},
		{`\q\n`, "\\q\n", "\\q\n"},
		{`\u0041\u00e9`, `\u0041\u00e9`, "Aé"},
		{`\ud83d\ude00`, `\ud83d\ude00`, "😀"},
		{`\uD800\uDC00`, `\uD800\uDC00`, "\U00010000"},
		{`\ud83d`, `\ud83d`, `\ud83d`},
		{`\ude00\ud83d`, `\ude00\ud83d`, `\ude00\ud83d`},
		{`\ud83d\u0041`, `\ud83d\u0041`, `\ud83dA`},
		{`\U0001F600\U00110000`, `\U0001F600\U00110000`, `😀\U00110000`},
		{`\u00`, `\u00`, `\u00`},
		{`\u0x41`, `\u0x41`, `\u0x41`},
		{``, ``, ``},
	} {
		assert.Equal(t, "="+c.plain, string(Unescape([]byte("="), []byte(c.text))), c.text)
		assert.Equal(t, "="+c.quoted, string(Unquote([]byte("="), []byte(c.text))), c.text)
	}
}

func TestLiterals(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`a\tb\'c`, "a\tb'c"}, {`\0`, "\x00"}, {`\0a\Z`, "\x00a\x1a"}, {`\033[0m\101\377`, "\x1b[0mA\xff"}, {`\08\400\1\12\018`, `\08\400\1\12\018`}, {`\%\_`, `\%\_`},
	} {
		assert.Equal(t, "="+c.want, string(Literal([]byte("="), []byte(c.text))), c.text)
	}
	assert.Equal(t, `\0\Z`, string(Unquote(nil, []byte(`\0\Z`))))
}

func FuzzEscapes(f *testing.F) {
	f.Add("say \"hi\"\n\x00\xff é 😀")
	f.Fuzz(func(t *testing.T, text string) {
		// What Go quotes comes back, invalid UTF-8 included.
		for _, quoted := range []string{strconv.Quote(text), strconv.QuoteToASCII(text)} {
			require.Equal(t, text, string(Unquote(nil, []byte(quoted[1:len(quoted)-1]))))
		}
		require.LessOrEqual(t, len(Unescape(nil, []byte(text))), len(text))
		require.LessOrEqual(t, len(Unquote(nil, []byte(text))), len(text))
	})
}

func BenchmarkValues(b *testing.B) {
	run := func(name, text string, read func(b []byte, n int) bool) {
		data := padded(text + " ")
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if !read(data, len(text)) {
					b.Fatal("refused")
				}
			}
		})
	}
	run("Int", "1263196", func(b []byte, n int) bool { _, ok := Int(b, 0, n); return ok })
	run("Float", "405.468", func(b []byte, n int) bool { _, ok := Float(b, 0, n); return ok })
	run("Duration", "1.5ms", func(b []byte, n int) bool { _, ok := Duration(b[:n], 0); return ok })
	run("IP", "192.168.100.1", func(b []byte, n int) bool { return IP(b[:n]) })
}

func TestReadNamed(t *testing.T) {
	for text, want := range map[string]int64{"7": 7, "ThreadId(7)": 7, "0": 0, "t(9223372036854775807)": 9223372036854775807} {
		got, end, ok := ReadNamed([]byte("x"+text+"\"                    "), 1)
		assert.True(t, ok, text)
		assert.Equal(t, want, got)
		assert.Equal(t, len(text)+1, end)
	}
	for _, text := range []string{"", "ThreadId", "ThreadId()", "ThreadId(7", "(7)", "x7", "t(9223372036854775808)", "-"} {
		_, _, ok := ReadNamed([]byte(text+"\"                    "), 0)
		assert.False(t, ok, text)
	}
}

func TestJSONEnd(t *testing.T) {
	for text, want := range map[string]int{
		`{}`: 2, `[]`: 2, `{"a":1} x`: 7, `{"a":"}"}`: 9, `{"a":"\"}"}`: 11, `{"a":"\\"}"}`: 10, `[1,[2],{"b":[]}] []`: 16, `{ "a" : {} }`: 12,
		`{`: -1, `{a}`: -1, `[}`: -1, `{"a":"x`: -1, `{"a":"x\\`: -1, `x`: -1, ``: -1, `]`: -1, `{"a":[}`: -1, `"x"`: -1,
	} {
		end, ok := JSONEnd([]byte("__"+text), 2, len(text)+2)
		assert.Equal(t, want >= 0, ok, text)
		if ok {
			assert.Equal(t, want+2, end, text)
		}
	}
	deep := strings.Repeat("[", 65) + strings.Repeat("]", 65)
	_, ok := JSONEnd([]byte(deep), 0, len(deep))
	assert.False(t, ok)
	_, ok = JSONEnd([]byte(deep), 1, len(deep))
	assert.True(t, ok)
}

func TestClock(t *testing.T) {
	for text, want := range map[string]int64{"0:00:30": 30e9, "0:00:00": 0, "1:02:03": 3723e9, "123:59:59": 446399e9, "0h:05m:30s": 330e9, "1h:00m:00s": 3600e9} {
		got, ok := Clock([]byte(text))
		assert.True(t, ok, text)
		assert.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "0", "0:0", "1:60:00", "1:00:60", ":1:2", "1::2", "1:2:", "1:2:3:4", "-1:00:00", "1:00:00x", "3000000:00:00", "1m:00:00", "1234567890:00:00"} {
		_, ok := Clock([]byte(text))
		assert.False(t, ok, text)
	}
}

func TestTrace(t *testing.T) {
	for text, want := range map[string]string{
		"x\n\tat a.B.c(B.java:7)": "\tat a.B.c(B.java:7)", "x\nat the end": "", "x\nyet\n\tat a.b(C.java)": "\tat a.b(C.java)", "x\nCaused by: y": "Caused by: y",
		"x\njava.lang.Error: y\n\tat z": "java.lang.Error: y\n\tat z", "x\nValueError": "ValueError", "x\nError": "", "x\nError: y": "Error: y", "x\nan Error: y": "", "x\nErrors: y": "",
		"x\r\nTraceback (most recent call last):\r\n  File": "Traceback (most recent call last):\r\n  File", "x\nmain.main\n\t/src/main.go:7": "main.main\n\t/src/main.go:7",
		"x\nnet/http.(*conn).serve(0xc0)\n\t/a.go:1": "net/http.(*conn).serve(0xc0)\n\t/a.go:1", "x\nsentence.": "", "x\na sentence. More": "", "x\n\t... 7 more": "\t... 7 more", "x\n... and more": "",
		"x\n[stacktrace]\n#0 a": "[stacktrace]\n#0 a", "x\n#0 /a.php(7)": "#0 /a.php(7)", "x\nthread 'main' panicked at a": "thread 'main' panicked at a", "x\nthread 'main' said": "",
		"x\n  from /a.rb:7:in `b'": "  from /a.rb:7:in `b'", "x": "", "": "", "java.lang.Error: y": "", "x\n": "", "x\n\n\n": "",
	} {
		got := ""
		if at := Trace([]byte(text)); at >= 0 {
			got = text[at:]
		}
		assert.Equal(t, want, got, "%q", text)
	}
}

package timestamp

import (
	"bytes"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var fuzzLayouts = []string{
	"clf", "rfc3339", "auto", "tai64n", "unix_s", "unix_ms", "unix_us", "unix_ns", "%Y-%m-%d %H:%M:%S,%f", "%b %e %T", "%d/%b/%Y:%T %z", "%a %b %d %T %Z %Y",
	"%I:%M:%S %p", "%y%m%d %H:%M:%S%.f%z", "%H%.f.%S", "%z:%S %j", "%Bc%S", "%s.%3f", "[%+]", "%d %T", "%-2d:%S", "%T %Z", "%Y-%m-%dT%H:%M:%S.%3f", "%b %e %T.%f",
}

// A clock that has read other stamps before gives what a new one gives: caches never change a result.
func FuzzCachesChangeNothing(f *testing.F) {
	for _, c := range append(cases, strptimeCases...) {
		f.Add([]byte(c.text), []byte(c.text))
	}
	f.Add([]byte("10. 5"), []byte("10.05"))
	f.Add([]byte("+02: 5 9"), []byte("+02:05 9"))
	f.Add([]byte("2024-10-27 02:30:00,1"), []byte("2024-10-27 02:59:00,2"))
	f.Add([]byte("2024-10-27T02:30:01.123"), []byte("2024-10-27T02:30:59.1239"))
	f.Add([]byte("17/May/2015:10:05:03 +0200"), []byte("17/May/2015:10:05:59 +0200"))
	f.Add([]byte("2024-10-27T02:30:01.123456789Z"), []byte("2024-10-27T02:30:59.987654321Z"))
	f.Add([]byte("2024-10-27T02:30:01.123456789Z"), []byte("2024-10-27T02:30:59.98765432Z1"))
	f.Add([]byte("2024-10-27T02:30:01.123456Z"), []byte("2024-10-27T02:30:59.12345:Z"))
	f.Add([]byte("2024-10-27T02:30:01.123456Z"), []byte("2024-10-27T02:30:5:.123456Z"))
	f.Add([]byte("2024-10-27T02:30:01+01:00"), []byte("2024-10-27T02:30:60+01:00"))
	f.Add([]byte("2024-10-27T02:30:01,+01:00"), []byte("2024-10-27T02:30:09,+01:00"))
	f.Add([]byte("17/May/2015:10:05:03 +0200"), []byte("17/May/2015:10:05:59 +0100"))
	f.Add([]byte("17/May/2015:10:05:03 +02 : 5"), []byte("17/May/2015:10:05:59  +02:15"))
	f.Add([]byte("17/May/2015:10:05:03    +02"), []byte("17/May/2015:10:05:59    +0215"))
	f.Add([]byte("Oct 28 03:33:20"), []byte("Oct 28 03:33:21"))
	for _, pair := range [][2]string{
		{"Oct 26 03:33:20", "Oct 26 23:59:59"}, {"Oct 26 03:33:20", "Oct 26 24:00:00"}, {"Oct 26 03:33:20", "Oct 26  3:34:00"}, {"Oct 28 10:33:20", "Oct 28 02:33:20"},
		{"2024-10-26 02:30:00,1", "2024-10-26 03:31:00,2"}, {"2024-10-27 02:30:00,1", "2024-10-27 03:31:00,2"}, {"17/May/2015:10:05:03 +0200", "17/May/2015:11:06:59 +0200"},
		{"17/May/2015:10:05:03 +0200", "17/May/2015:23:60:59 +0200"}, {"26/Oct/2024:1:05:03 +0200", "26/Oct/2024:2:05:03 +0200"}, {"2024-10-26T02:30:01.123Z", "2024-10-26T12:00:60.123Z"},
		{"2024-10-26T02:30:01.123", "2024-10-26T22:31:01.123"}, {"2024-10-27T02:30:01.123", "2024-10-27T22:31:01.123"}, {"2262-04-11T23:47:16Z", "2262-04-11T23:59:16Z"},
	} {
		f.Add([]byte(pair[0]), []byte(pair[1]))
	}
	paris, err := ParseZone("Europe/Paris")
	require.NoError(f, err)
	o := Options{Zone: paris, Now: time.Unix(1730000000, 0)}
	warm := make([]*Clock, len(fuzzLayouts))
	for i, layout := range fuzzLayouts {
		warm[i] = MustCompile(layout).NewClock(o)
	}
	f.Fuzz(func(t *testing.T, before, text []byte) {
		if len(text) > 200 || len(before) > 200 || bytes.IndexByte(text, '\n') >= 0 {
			return
		}
		b := padded(string(text))
		for i, layout := range fuzzLayouts {
			warm[i].Text(before)
			for at := range min(len(text)+1, 4) {
				ns, end, ok := warm[i].Parse(b, at)
				ns2, end2, ok2 := MustCompile(layout).NewClock(o).Parse(b, at)
				require.Equal(t, []any{ns2, end2, ok2}, []any{ns, end, ok}, "%s %q at %d after %q", layout, text, at, before)
				require.True(t, end >= at && end <= len(text), "%s %q at %d ends at %d", layout, text, at, end)
			}
		}
	})
}

var (
	strictCLF     = regexp.MustCompile(`^\d\d/\w\w\w/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}$`)
	strictRFC3339 = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$`)
	notGo         = regexp.MustCompile(`:60|[+-](24:?\d\d|\d\d:?60)$`) // leap seconds, and offsets of 24 hours or 60 minutes, which Go takes
)

// What time.Parse says of the texts that both understand is what a clock says.
func FuzzAgreesWithTimeParse(f *testing.F) {
	for _, c := range cases {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		check := func(layout string, clock string, strict *regexp.Regexp) {
			if !strict.MatchString(text) || notGo.MatchString(text) {
				return
			}
			want, err := time.Parse(layout, text)
			sec := want.Unix()
			good := err == nil && sec >= -limit && sec < limit
			ns, ok := MustCompile(clock).NewClock(Options{}).Text([]byte(text))
			require.Equal(t, good, ok, "%s %q: %v", clock, text, err)
			if ok {
				require.Equal(t, want.UnixNano(), ns, "%s %q", clock, text)
			}
		}
		check("02/Jan/2006:15:04:05 -0700", "clf", strictCLF)
		check("02/Jan/2006:15:04:05 -0700", "%d/%b/%Y:%T %z", strictCLF)
		check(time.RFC3339Nano, "rfc3339", strictRFC3339)
		check(time.RFC3339Nano, "auto", strictRFC3339)
	})
}

// Any layout compiles or is refused with a position inside it, and what it compiles to reads nothing beyond the line.
func FuzzLayouts(f *testing.F) {
	for _, c := range strptimeCases {
		f.Add(c.layout, c.text)
	}
	f.Fuzz(func(t *testing.T, layout, text string) {
		if len(layout) > 100 || len(text) > 200 || bytes.IndexByte([]byte(text), '\n') >= 0 {
			return
		}
		compiled, err := Compile(layout)
		if err != nil {
			wrong, ok := err.(*LayoutError)
			require.True(t, ok)
			require.True(t, wrong.Offset >= 0 && wrong.Offset <= len(layout), "%q: %d", layout, wrong.Offset)
			return
		}
		clock := compiled.NewClock(Options{})
		_, end, _ := clock.Parse(padded(text), 0)
		require.True(t, end >= 0 && end <= len(text), "%q %q: %d", layout, text, end)
	})
}

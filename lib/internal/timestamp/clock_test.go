package timestamp

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/scan"
)

// padded is text with the newline and the slack that Parse needs, filled with what must not matter.
func padded(text string) []byte {
	b := append(make([]byte, 0, len(text)+1+scan.Slack), text...)
	b = append(b, '\n')
	junk := b[len(b):cap(b)]
	for i := range junk {
		junk[i] = "0Z:1 +."[i%7]
	}
	return b
}

func zoneOf(t testing.TB, name string) *time.Location {
	if name == "" {
		return nil
	}
	loc, err := ParseZone(name)
	require.NoError(t, err)
	return loc
}

func instant(t testing.TB, text string) int64 {
	at, err := time.Parse(time.RFC3339Nano, text)
	require.NoError(t, err)
	return at.UnixNano()
}

// cases: a text without want is refused; rest is what stays behind the stamp.
var cases = []struct{ layout, text, want, rest, zone string }{
	{layout: "tai64n", text: "@4000000069a92a4400000000 up", want: "2026-03-05T07:01:14Z", rest: " up"},
	{layout: "tai64n", text: "4000000069A92A443b9ac9ff", want: "2026-03-05T07:01:14.999999999Z"},
	{layout: "tai64n", text: "@4000000069a92a44", want: "2026-03-05T07:01:14Z"},
	{layout: "tai64n", text: "@4000000069a92a443b9aca00"},
	{layout: "tai64n", text: "@4000000069a92a4"},
	{layout: "tai64n", text: "@8000000069a92a4400000000"},
	{layout: "tai64n", text: "@0000000069a92a4400000000"},
	{layout: "tai64n", text: "@4000000069a92a4g"},
	{layout: "clf", text: "17/May/2015:10:05:03 +0000", want: "2015-05-17T10:05:03Z"},
	{layout: "clf", text: "17/may/2015:10:05:03 -0730] \"GET", want: "2015-05-17T17:35:03Z", rest: "] \"GET"},
	{layout: "clf", text: "29/Feb/2016:23:59:60 +0000", want: "2016-03-01T00:00:00Z"},
	{layout: "clf", text: "29/Feb/2015:23:59:59 +0000"},
	{layout: "clf", text: "31/Apr/2015:23:59:59 +0000"},
	{layout: "clf", text: "17/Mai/2015:10:05:03 +0000"},
	{layout: "clf", text: "17/May/2015:24:00:00 +0000"},
	{layout: "clf", text: "17/May/2015:10:60:00 +0000"},
	{layout: "clf", text: "17/May/2015:10:00:61 +0000"},
	{layout: "clf", text: "17/May/2015:10:00:7x +0000"},
	{layout: "clf", text: "17/May/2015:10:00:00 +2400"},
	{layout: "clf", text: "17/May/2015:10:00:00 +0060"},
	{layout: "clf", text: "17/May/2015:10:00:00 +00:00"},
	{layout: "clf", text: "17/May/2015:10:00:00"},
	{layout: "clf", text: "17-May-2015:10:00:00 +0000"},
	{layout: "clf", text: "1/May/2015:10:00:00 +0000"},
	{layout: "clf", text: "00/May/2015:10:00:00 +0000"},
	{layout: "clf", text: "17/May/1500:10:00:00 +0000"},
	{layout: "clf", text: ""},

	{layout: "rfc3339", text: "2026-03-01T00:00:00.009938243Z", want: "2026-03-01T00:00:00.009938243Z"},
	{layout: "rfc3339", text: "2026-03-01t00:00:00z next", want: "2026-03-01T00:00:00Z", rest: " next"},
	{layout: "rfc3339", text: "2026-03-01 01:00:00+01:00", want: "2026-03-01T00:00:00Z"},
	{layout: "rfc3339", text: "2026-03-01T01:00:00.5-0130", want: "2026-03-01T02:30:00.5Z"},
	{layout: "rfc3339", text: "2026-03-01T01:00:00,25+02", want: "2026-02-28T23:00:00.25Z"},
	{layout: "rfc3339", text: "2026-03-01T00:00:00.12345678912345678912Z", want: "2026-03-01T00:00:00.123456789Z"},
	{layout: "rfc3339", text: "2026-03-01T00:00:00.1234567891234567Z", want: "2026-03-01T00:00:00.123456789Z"},
	{layout: "rfc3339", text: "2026-03-01T00:00:00.12345678Z", want: "2026-03-01T00:00:00.12345678Z"},
	{layout: "rfc3339", text: "2016-12-31T23:59:60.5Z", want: "2017-01-01T00:00:00.5Z"},
	{layout: "rfc3339", text: "2024-02-29T00:00:00Z", want: "2024-02-29T00:00:00Z"},
	{layout: "rfc3339", text: "2100-02-29T00:00:00Z"},
	{layout: "rfc3339", text: "2023-01-15T22:15:51.Z"},
	{layout: "rfc3339", text: "2023-01-15T22:15:51"},
	{layout: "rfc3339", text: "2023-01-15"},
	{layout: "rfc3339", text: "2023-13-15T00:00:00Z"},
	{layout: "rfc3339", text: "2023-00-15T00:00:00Z"},
	{layout: "rfc3339", text: "2023-01-00T00:00:00Z"},
	{layout: "rfc3339", text: "2023-01-32T00:00:00Z"},
	{layout: "rfc3339", text: "2023-02-30T00:00:00Z"},
	{layout: "rfc3339", text: "2023-01-01T24:00:00Z"},
	{layout: "rfc3339", text: "2023-01-01T00:60:00Z"},
	{layout: "rfc3339", text: "2023-01-01T00:00:61Z"},
	{layout: "rfc3339", text: "2023-01-01T00:00:00+24:00"},
	{layout: "rfc3339", text: "2023-01-01T00:00:00+00:60"},
	{layout: "rfc3339", text: "2023-01-01X00:00:00Z"},
	{layout: "rfc3339", text: "2023/01/01T00:00:00Z"},
	{layout: "rfc3339", text: "1677-09-21T00:12:44Z", want: "1677-09-21T00:12:44Z"},
	{layout: "rfc3339", text: "1677-09-21T00:12:43.999999999Z"},
	{layout: "rfc3339", text: "1677-09-20T23:12:44-01:00", want: "1677-09-21T00:12:44Z"},
	{layout: "rfc3339", text: "2262-04-11T23:47:15.999999999Z", want: "2262-04-11T23:47:15.999999999Z"},
	{layout: "rfc3339", text: "2262-04-11T23:47:16Z"},
	{layout: "rfc3339", text: "0000-01-01T00:00:00Z"},
	{layout: "rfc3339", text: "1718773640"},

	{layout: "iso", text: "2024-06-18T23:37:20Z", want: "2024-06-18T23:37:20Z"},
	{layout: "iso", text: "2024-06-18 23:37:20,123", want: "2024-06-18T23:37:20.123Z"},
	{layout: "iso", text: "1718773640"},
	{layout: "iso", text: "2024-06-18 23:37:20 +0100", want: "2024-06-18T22:37:20Z", zone: "Europe/Paris"},
	{layout: "iso", text: "2024-06-18 23:37:20.5 -01:30 x", want: "2024-06-19T01:07:20.5Z", rest: " x"},
	{layout: "iso", text: "2024-06-18 23:37:20 UTC", want: "2024-06-18T23:37:20Z", zone: "Europe/Paris"},
	{layout: "iso", text: "2024-06-18 23:37:20,5 GMT] x", want: "2024-06-18T23:37:20.5Z", rest: "] x"},
	{layout: "iso", text: "2024-06-18 23:37:20 +010", want: "2024-06-18T23:37:20Z", rest: " +010"},
	{layout: "iso", text: "2024-06-18 23:37:20 +01000", want: "2024-06-18T23:37:20Z", rest: " +01000"},
	{layout: "iso", text: "2024-06-18 23:37:20 -12 x", want: "2024-06-18T23:37:20Z", rest: " -12 x"},
	{layout: "iso", text: "2024-06-18 23:37:20 UTCX", want: "2024-06-18T23:37:20Z", rest: " UTCX"},
	{layout: "iso", text: "2024-06-18 23:37:20 GMT+1", want: "2024-06-18T23:37:20Z", rest: " GMT+1"},
	{layout: "rfc3339", text: "2024-06-18 23:37:20 UTC"},
	{layout: "auto", text: "2024-06-18T23:37:20Z", want: "2024-06-18T23:37:20Z"},
	{layout: "auto", text: "2024-06-18 23:37:20", want: "2024-06-18T23:37:20Z"},
	{layout: "auto", text: "2024-06-18 23:37:20", want: "2024-06-18T21:37:20Z", zone: "Europe/Paris"},
	{layout: "auto", text: "2024-01-18 23:37:20,123", want: "2024-01-18T22:37:20.123Z", zone: "Europe/Paris"},
	{layout: "auto", text: "2024-01-18 23:37:20, x", want: "2024-01-18T23:37:20Z", rest: ", x"},
	{layout: "auto", text: "2024-06-18 23:37:20.123-05:30", want: "2024-06-19T05:07:20.123Z"},
	{layout: "auto", text: "2024-06-18 23:37:20-0x", want: "2024-06-18T23:37:20Z", rest: "-0x"},
	{layout: "auto", text: "2024-06-18 23:37:20.123 CEST", want: "2024-06-18T23:37:20.123Z"},
	{layout: "auto", text: "2024-06-18 23:37:20.123 CEST", want: "2024-06-18T21:37:20.123Z", zone: "Europe/Paris"},
	{layout: "auto", text: "2024-06-18 23:37:20 CESTA", want: "2024-06-18T23:37:20Z", rest: " CESTA"},
	{layout: "auto", text: "2024-06-18T23:37:20Z EST web1", want: "2024-06-18T23:37:20Z", rest: " EST web1"},
	{layout: "auto", text: "2024-06-18 23:37:20 INFO x", want: "2024-06-18T23:37:20Z", rest: " INFO x"},
	{layout: "auto", text: "2024-06-18 23:37:20.123 +03\"", want: "2024-06-18T20:37:20.123Z", rest: "\""},
	{layout: "auto", text: "2024-06-18 23:37:20,123 -03,x", want: "2024-06-19T02:37:20.123Z", rest: ",x", zone: "Europe/Paris"},
	{layout: "auto", text: "2024-06-18 23:37:20 -03 x", want: "2024-06-18T23:37:20Z", rest: " -03 x"},
	{layout: "auto", text: "2024-06-18 23:37:20Z +03\"", want: "2024-06-18T23:37:20Z", rest: " +03\""},
	{layout: "auto", text: "2024-06-18 23:37:20.5 -0400 EDT", want: "2024-06-19T03:37:20.5Z"}, // as Go's Time.String has it
	{layout: "auto", text: "2024-06-18 23:37:20 +3\"", want: "2024-06-18T23:37:20Z", rest: " +3\""},
	{layout: "auto", text: "05/Mar/2026:07:09:10 +0100", want: "2026-03-05T06:09:10Z"},
	{layout: "auto", text: "05/Mar/2026 07:09:10"},
	{layout: "auto", text: "2026/03/05 07:09:10.25", want: "2026-03-05T07:09:10.25Z"},
	{layout: "auto", text: "2026/03/05 07:09:10 +0100 x", want: "2026-03-05T06:09:10Z", rest: " x"},
	{layout: "auto", text: "2026/03/05 07:09:10", want: "2026-03-05T06:09:10Z", zone: "Europe/Paris"},
	{layout: "auto", text: "5 Mar 2026 07:09:10.250", want: "2026-03-05T07:09:10.25Z"},
	{layout: "auto", text: "05 Mar 07:09:10.250", want: "1970-01-01T00:00:05Z", rest: " Mar 07:09:10.250"},
	{layout: "auto", text: "05-Mar-2026 07:09:10.250", want: "2026-03-05T07:09:10.25Z"},
	{layout: "auto", text: "05-03-2026 07:09:10", want: "1970-01-01T00:00:05Z", rest: "-03-2026 07:09:10"},
	{layout: "auto", text: "Thu, 05 Mar 2026 07:09:10 GMT", want: "2026-03-05T07:09:10Z"},
	{layout: "auto", text: "Thu, 05 Mar 2026 08:09:10 +0100", want: "2026-03-05T07:09:10Z"},
	{layout: "auto", text: "Thu Mar  5 07:09:10 2026", want: "2026-03-05T07:09:10Z"},
	{layout: "auto", text: "Thu Mar  5 07:09:10 UTC 2026", want: "2026-03-05T07:09:10Z"},
	{layout: "auto", text: "Mar 5, 2026 @ 07:09:10.250", want: "2026-03-05T07:09:10.25Z"},
	{layout: "auto", text: "Mar 5, 2026 7:09:10 PM", want: "2026-03-05T19:09:10Z"},
	{layout: "auto", text: "Mar  5 07:09:10"},
	{layout: "auto", text: "March madness"},
	{layout: "auto", text: "07:09:10", want: "1970-01-01T00:00:07Z", rest: ":09:10"},
	{layout: "auto", text: "05/03/2026:07:09:10 +0100"},
	{layout: "auto", text: "2024-06-18"},
	{layout: "auto", text: "2024-06-18T23:37"},
	{layout: "auto", text: "foobar"},
	{layout: "auto", text: "1718773640", want: "2024-06-19T05:07:20Z"},
	{layout: "auto", text: "1718773640.5", want: "2024-06-19T05:07:20.5Z"},
	{layout: "auto", text: "1718773640123", want: "2024-06-19T05:07:20.123Z"},
	{layout: "auto", text: "1718773640123.25", want: "2024-06-19T05:07:20.12325Z"},
	{layout: "auto", text: "1718773640123456", want: "2024-06-19T05:07:20.123456Z"},
	{layout: "auto", text: "1718773640123456789", want: "2024-06-19T05:07:20.123456789Z"},
	{layout: "auto", text: "9223372035", want: "2262-04-11T23:47:15Z"},
	{layout: "auto", text: "9223372036", want: "1970-04-17T18:02:52.036Z"},
	{layout: "auto", text: "-1.123456789", want: "1969-12-31T23:59:58.876543211Z"},
	{layout: "auto", text: "0", want: "1970-01-01T00:00:00Z"},
	{layout: "auto", text: "9223372036854775808"},
	{layout: "auto", text: "-"},

	{layout: "unix_s", text: "1597994448.1234567899", want: "2020-08-21T07:20:48.123456789Z"},
	{layout: "unix_s", text: "1597994448. x", want: "2020-08-21T07:20:48Z", rest: ". x"},
	{layout: "unix_s", text: "+5 x", want: "1970-01-01T00:00:05Z", rest: " x"},
	{layout: "unix_s", text: "9223372037"},
	{layout: "unix_ms", text: "1597994448123.5", want: "2020-08-21T07:20:48.1235Z"},
	{layout: "unix_us", text: "1597994448123456.789", want: "2020-08-21T07:20:48.123456789Z"},
	{layout: "unix_ns", text: "1597994448123456789.0", want: "2020-08-21T07:20:48.123456789Z"},
	{layout: "unix_ns", text: "00001597994448123456789", want: "2020-08-21T07:20:48.123456789Z"},
	{layout: "unix_ns", text: "-9223372036854775808", want: "1677-09-21T00:12:43.145224192Z"},
	{layout: "unix_ns", text: "9223372036854775808"},
	{layout: "unix_ns", text: "99999999999999999999999"},
	{layout: "unix_ns", text: "x"},
}

func TestCases(t *testing.T) {
	for _, c := range append(cases, strptimeCases...) {
		layout, err := Compile(c.layout)
		require.NoError(t, err, "%v", c)
		clock := layout.NewClock(Options{Zone: zoneOf(t, c.zone)})
		b := padded(c.text)
		for range 2 { // the second time from the cache
			ns, end, ok := clock.Parse(b, 0)
			require.Equal(t, c.want != "", ok, "%v", c)
			if ok {
				require.Equal(t, time.Unix(0, instant(t, c.want)).UTC(), time.Unix(0, ns).UTC(), "%v", c)
				require.Equal(t, c.rest, c.text[end:], "%v", c)
			}
		}
		_, ok := clock.Text([]byte(c.text))
		require.Equal(t, c.want != "" && c.rest == "", ok, "%v", c)
	}
}

func TestAStampInTheMiddleOfALine(t *testing.T) {
	clock := MustCompile("rfc3339").NewClock(Options{})
	b := padded("ts=2026-03-01T00:00:00.5Z level=info")
	ns, end, ok := clock.Parse(b, 3)
	require.True(t, ok)
	assert.Equal(t, instant(t, "2026-03-01T00:00:00.5Z"), ns)
	assert.Equal(t, 25, end)
	_, end, ok = clock.Parse(b, 0)
	assert.False(t, ok)
	assert.Equal(t, 0, end)
}

func TestALongTextIsNoStamp(t *testing.T) {
	clock := MustCompile("unix_s").NewClock(Options{})
	digits := make([]byte, 5000)
	for i := range digits {
		digits[i] = '0'
	}
	ns, ok := clock.Text(digits)
	assert.True(t, ok)
	assert.Zero(t, ns)
	digits[4000] = 'x'
	_, ok = clock.Text(digits)
	assert.False(t, ok)
}

func TestDatesAgreeWithTheStandardLibrary(t *testing.T) {
	for day := days(1600, 1, 1); day <= days(2400, 1, 1); day++ {
		at := time.Unix(day*86400, 0).UTC()
		year, month, inMonth := civil(day)
		require.Equal(t, [3]int{at.Year(), int(at.Month()), at.Day()}, [3]int{year, month, inMonth})
		require.Equal(t, day, days(year, month, inMonth))
		require.True(t, validDate(year, month, inMonth))
	}
	assert.False(t, validDate(2023, 2, 29))
	assert.False(t, validDate(2023, 0, 1))
	assert.Equal(t, int64(-719528), days(0, 1, 1))
	assert.Equal(t, time.Date(-450, 2, 3, 0, 0, 0, 0, time.UTC).Unix(), days(-450, 2, 3)*86400)
}

func TestParsingDoesNotAllocate(t *testing.T) {
	for _, c := range []struct{ layout, text string }{
		{"clf", "17/May/2015:10:05:03 +0000"}, {"rfc3339", "2026-03-01T00:00:00.009938243Z"}, {"auto", "1718773640123"},
		{"%Y-%m-%d %H:%M:%S,%f", "2026-03-01 10:00:00,123"}, {"%b %e %T", "Mar  1 10:00:00"},
	} {
		clock, b := MustCompile(c.layout).NewClock(Options{}), padded(c.text)
		assert.Zero(t, testing.AllocsPerRun(100, func() { clock.Parse(b, 0) }), c.layout)
		assert.Zero(t, testing.AllocsPerRun(100, func() { clock.Text(b[:len(c.text)]) }), c.layout)
	}
}

// Minutes are even where the offset is written: from one second of them the others are known.
func TestEven(t *testing.T) {
	for _, c := range []struct {
		layout, text string
		n, seconds   int
	}{
		{"clf", "02/Mar/2026:08:59:58 +0100", 18, 58}, {"%d/%b/%Y:%H:%M:%S %z", "02/Mar/2026:08:59:58 +0100", 18, 58}, {"%d/%b/%Y:%T %z", "02/Mar/2026:08:59:00 -0730", 18, 0},
		{"rfc3339", "2026-03-02T08:59:58Z", 0, 0}, {"%d/%b/%Y:%H:%M:%S", "02/Mar/2026:08:59:58", 0, 0},
	} {
		t.Run(c.layout, func(t *testing.T) {
			clock := MustCompile(c.layout).NewClock(Options{})
			data := padded(c.text)
			ns, end, ok := clock.Parse(data, 0)
			require.True(t, ok)
			require.Equal(t, len(c.text), end)
			n, ok := clock.Even()
			assert.Equal(t, c.n > 0, ok)
			if ok {
				assert.Equal(t, c.n, n)
				data[n], data[n+1] = '0', '7'
				other, _, _ := clock.Parse(data, 0)
				assert.Equal(t, int64(c.seconds-7)*1e9, ns-other)
			}
		})
	}
}

package timestamp

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var strptimeCases = []struct{ layout, text, want, rest, zone string }{
	{layout: "%Y-%m-%d %H:%M:%S", text: "2020-10-10 16:00:01", want: "2020-10-10T16:00:01Z"},
	{layout: "%Y-%m-%d %H:%M:%S,%f", text: "2020-10-10 16:00:01,5", want: "2020-10-10T16:00:01.5Z"},
	{layout: "%Y-%m-%d %H:%M:%S:%L", text: "2020-10-10 16:00:01:1234567891", want: "2020-10-10T16:00:01.123456789Z"},
	{layout: "%Y-%m-%dT%H:%M:%S.%3fZ", text: "2020-10-10T16:00:01.123Z", want: "2020-10-10T16:00:01.123Z"},
	{layout: "%Y-%m-%dT%H:%M:%S.%3fZ", text: "2020-10-10T16:00:01.12Z"},
	{layout: "%Y-%m-%dT%H:%M:%S.%3fZ", text: "2020-10-10T16:00:01.1234Z"},
	{layout: "%Y-%m-%dT%H:%M:%S.%3fZ", text: "2020-10-10T16:00:01Z"},
	{layout: "%y-%m-%d %T.%3N %:z", text: "22-10-29 01:32:16.810 +01:00", want: "2022-10-29T00:32:16.81Z"},
	{layout: "%y-%m-%d %T.%3N %Z", text: "22-10-29 01:32:16.810", want: "2022-10-28T23:32:16.81Z", zone: "Europe/Belgrade"},
	{layout: "%y", text: "69", want: "1969-01-01T00:00:00Z"},
	{layout: "%y", text: "68", want: "2068-01-01T00:00:00Z"},
	{layout: "%d/%m/%Y:%H:%M:%S %z", text: "16/10/2019:12:00:00 +0000", want: "2019-10-16T12:00:00Z"},
	{layout: "%d/%m/%Y:%H:%M:%S", text: "31/12/2019:12:00:00", want: "2019-12-31T11:00:00Z", zone: "Europe/Paris"},
	{layout: "%v %R %:z", text: "10-Oct-2020 16:00+00:00", want: "2020-10-10T16:00:00Z"},
	{layout: "%v %R %:z", text: " 1-Oct-2020 16:00 Z tail", want: "2020-10-01T16:00:00Z", rest: " tail"},
	{layout: "%m/%d/%Y %H:%M:%S%.f %z", text: "07/17/2017 22:17:03.1 +02:00", want: "2017-07-17T20:17:03.1Z"},
	{layout: "%m/%d/%Y %H:%M:%S%.f", text: "07/17/2017 22:17:03", want: "2017-07-17T22:17:03Z"},
	{layout: "%m/%d/%Y %H:%M:%S%.f", text: "07/17/2017 22:17:03:25", want: "2017-07-17T22:17:03.25Z"},
	{layout: "%m/%d/%Y %H:%M:%S%.f", text: "07/17/2017 22:17:03. x", want: "2017-07-17T22:17:03Z", rest: ". x"},
	{layout: "%m/%d/%Y %H:%M:%S%.3f", text: "07/17/2017 22:17:03.12"},
	{layout: "%m/%d/%Y %H:%M:%S", text: "01/15/2017 15:00:00", want: "2017-01-15T20:00:00Z", zone: "America/New_York"},
	{layout: "%m/%d/%Y %H:%M:%S", text: "01/15/2017 15:00:00", want: "2017-01-15T04:00:00Z", zone: "Australia/Sydney"},
	{layout: "%m/%d/%Y %H:%M:%S", text: "01/15/2017 15:00:00", want: "2017-01-15T21:00:00Z", zone: "-06:00"},
	{layout: "%d.%m.%Y %I:%M:%S %p", text: "01.02.2023 12:00:00 am", want: "2023-02-01T00:00:00Z"},
	{layout: "%d.%m.%Y %I:%M:%S %p", text: "01.02.2023 12:00:00 PM", want: "2023-02-01T12:00:00Z"},
	{layout: "%d.%m.%Y %I:%M:%S %p", text: "01.02.2023 01:00:00 PM", want: "2023-02-01T13:00:00Z"},
	{layout: "%d.%m.%Y %I:%M:%S %p", text: "01.02.2023 13:00:00 PM"},
	{layout: "%d.%m.%Y %I:%M:%S %p", text: "01.02.2023 00:00:00 PM"},
	{layout: "%d.%m.%Y %I:%M:%S %p", text: "01.02.2023 01:00:00 XM"},
	{layout: "%A, %d %B %Y", text: "Sunday, 08 September 2024", want: "2024-09-08T00:00:00Z"},
	{layout: "%a, %d %b %Y", text: "sun, 08 SEPT 2024", want: "2024-09-08T00:00:00Z"},
	{layout: "%a, %d %b %Y", text: "Sun, 08 Sep 2024", want: "2024-09-08T00:00:00Z"},
	{layout: "%a, %d %b %Y", text: "Sux, 08 Sep 2024"},
	{layout: "%a, %d %b %Y", text: "Sun, 08 Sex 2024"},
	{layout: "%c", text: "Sun Sep  8 01:46:40 2024", want: "2024-09-08T01:46:40Z"},
	{layout: "%Y-%j", text: "2024-366", want: "2024-12-31T00:00:00Z"},
	{layout: "%Y-%j", text: "2023-366"},
	{layout: "%Y-%j", text: "2023-000"},
	{layout: "%Y-%j", text: "2023-  5", want: "2023-01-05T00:00:00Z"},
	{layout: "%Y%m%d%H%M%S", text: "20240229235960", want: "2024-03-01T00:00:00Z"},
	{layout: "%Y%m%d.%H%M%S", text: "20230229.235959"},
	{layout: "%Y-%m-%d", text: "2024-13-01"},
	{layout: "%Y-%m-%d", text: "2024-02-30"},
	{layout: "%Y-%m-%d", text: "2024-2-3", want: "2024-02-03T00:00:00Z"},
	{layout: "%Y-%m-%d", text: "202-02-03"},
	{layout: "%Y-%_2m-%-d", text: "2024- 2-3", want: "2024-02-03T00:00:00Z"},
	{layout: "%Y/%-2d/%m", text: "2024/3 /02", want: "2024-02-03T00:00:00Z"},
	{layout: "%F %H:%M", text: "2024-02-03 24:00"},
	{layout: "%F %H:%M", text: "2024-02-03 23:60"},
	{layout: "%F %H:%M:%S", text: "2024-02-03 23:59:61"},
	{layout: "%F%t%T%n%%", text: "2024-02-03\t 01:02:03%", want: "2024-02-03T01:02:03Z"},
	{layout: "%F%t%T%n%%", text: "2024-02-0301:02:03   %", want: "2024-02-03T01:02:03Z"},
	{layout: "%D %R", text: "02/03/24 04:05", want: "2024-02-03T04:05:00Z"},
	{layout: "%D %r", text: "02/03/24 04:05:06 PM", want: "2024-02-03T16:05:06Z"},
	{layout: "%s.%3N", text: "1718773640.123", want: "2024-06-19T05:07:20.123Z"},
	{layout: "%s", text: "-5", want: "1969-12-31T23:59:55Z"},
	{layout: "%s", text: "9223372036"},
	{layout: "[%+]", text: "[2024-06-18T23:37:20.5+01:00]", want: "2024-06-18T22:37:20.5Z"},
	{layout: "[%+]", text: "[2024-06-18 23:37:20Z]", want: "2024-06-18T23:37:20Z"},
	{layout: "[%+]", text: "[2024-06-18_23:37:20Z]"},
	{layout: "%+", text: "2024-06-18T23:37:20Z", want: "2024-06-18T23:37:20Z"},
	{layout: "%F %T %Z", text: "2024-06-18 12:00:00 CEST", want: "2024-06-18T10:00:00Z", zone: "Europe/Paris"},
	{layout: "%F %T %Z", text: "2024-06-18 12:00:00 CET", want: "2024-06-18T11:00:00Z", zone: "Europe/Paris"},
	{layout: "%F %T %Z", text: "2024-06-18 12:00:00 PST", want: "2024-06-18T12:00:00Z", zone: "Europe/Paris"},
	{layout: "%F %T %Z", text: "2024-06-18 12:00:00 UTC", want: "2024-06-18T12:00:00Z", zone: "Europe/Paris"},
	{layout: "%F %T %Z", text: "2024-06-18 12:00:00 UTC+5:30", want: "2024-06-18T06:30:00Z"},
	{layout: "%F %T %Z:", text: "2024-06-18 12:00:00 GMT-03:", want: "2024-06-18T15:00:00Z"},
	{layout: "%F %T %Z", text: "2024-06-18 12:00:00 GMT+0130", want: "2024-06-18T10:30:00Z"},
	{layout: "%F %T %Z-6a8372f9.6b", text: "2024-06-18 12:00:00 UTC-6a8372f9.6b", want: "2024-06-18T12:00:00Z"},
	{layout: "%F %T %Z%z", text: "2024-06-18 12:00:00 UTC+0100", want: "2024-06-18T11:00:00Z"},
	{layout: "%F %T %Z+1", text: "2024-06-18 12:00:00 CET+1", want: "2024-06-18T12:00:00Z"},
	{layout: "%F %T %Z]", text: "2024-06-18 12:00:00 America/New_York]", want: "2024-06-18T16:00:00Z"},
	{layout: "%F %T %Z]", text: "2024-06-18 12:00:00 Nowhere/At_All]", want: "2024-06-18T12:00:00Z"},
	{layout: "%Z %F %T", text: "EST 2024-01-18 12:00:00", want: "2024-01-18T17:00:00Z", zone: "America/New_York"},
	// Weeks and centuries.
	{layout: "%C%y-%m-%d", text: "1924-02-29", want: "1924-02-29T00:00:00Z"},
	{layout: "%y%m%d century %C", text: "240301 century 18", want: "1824-03-01T00:00:00Z"},
	{layout: "%C %F", text: "20 1999-01-02", want: "1999-01-02T00:00:00Z"},
	{layout: "%G-W%V-%u", text: "2020-W53-5", want: "2021-01-01T00:00:00Z"},
	{layout: "%G-W%V-%u", text: "2021-W01-1", want: "2021-01-04T00:00:00Z"},
	{layout: "%G-W%V-%u", text: "2009-W01-1", want: "2008-12-29T00:00:00Z"},
	{layout: "%G-W%V-%u %T", text: "2021-W53-1 00:00:00"},
	{layout: "%G-W%V-%u", text: "2021-W00-1"},
	{layout: "%G-W%V-%u", text: "2021-W54-1"},
	{layout: "%g %V %w", text: "20 53 0", want: "2021-01-03T00:00:00Z"},
	{layout: "%a %U %Y", text: "Sun 01 2023", want: "2023-01-01T00:00:00Z"},
	{layout: "%a %U %Y", text: "Fri 00 2021", want: "2021-01-01T00:00:00Z"},
	{layout: "%a %W %Y", text: "Sun 00 2023", want: "2023-01-01T00:00:00Z"},
	{layout: "%a %W %Y", text: "Mon 00 2023", want: "2022-12-26T00:00:00Z"},
	{layout: "%A, week %W of %Y %R", text: "Tuesday, week 9 of 2024 07:09", want: "2024-02-27T07:09:00Z"},
	{layout: "%F (%V, %U, %W) %T", text: "2024-02-03 (05, 04, 05) 01:02:03", want: "2024-02-03T01:02:03Z"},
	{layout: "%EY-%Om-%Od %OH:%OM", text: "2024-02-03 01:02", want: "2024-02-03T01:02:00Z"},
	// The clocks of Paris: 2024-03-31 02:00 to 03:00 never was, 2024-10-27 02:00 to 03:00 was twice.
	{layout: "%F %T", text: "2024-03-31 01:59:59", want: "2024-03-31T00:59:59Z", zone: "Europe/Paris"},
	{layout: "%F %T", text: "2024-03-31 02:30:00", want: "2024-03-31T01:30:00Z", zone: "Europe/Paris"},
	{layout: "%F %T", text: "2024-03-31 03:00:00", want: "2024-03-31T01:00:00Z", zone: "Europe/Paris"},
	{layout: "%F %T", text: "2024-10-27 02:30:00", want: "2024-10-27T00:30:00Z", zone: "Europe/Paris"},
	{layout: "%F %T", text: "2024-10-27 03:00:00", want: "2024-10-27T02:00:00Z", zone: "Europe/Paris"},
	{layout: "%F %T", text: "2262-04-12 00:00:00"},
	{layout: "%b %d %H:%M:%S", text: "Feb 16 04:06:58", want: "1970-02-16T04:06:58Z"},
	{layout: "%T", text: "04:06:58", want: "1970-01-01T04:06:58Z"},
	{layout: "ab%Y", text: "ac2024"},
	{layout: "long literal text %Y", text: "long literal text 2024", want: "2024-01-01T00:00:00Z"},
}

func TestWhatAStampLeavesOut(t *testing.T) {
	for _, c := range []struct {
		layout, text, now, zone, want string
		year                          int
	}{
		{layout: "%b %d %H:%M:%S", text: "Feb 16 04:06:58", zone: "-06:00", year: 2017, want: "2017-02-16T10:06:58Z"},
		{layout: "%b %d %H:%M:%S %z", text: "Feb 16 04:06:58 -0600", year: 2017, want: "2017-02-16T10:06:58Z"},
		{layout: "%b %d %H:%M:%S", text: "Feb 29 04:06:58", year: 2017},
		{layout: "%b %d %H:%M:%S", text: "Feb 29 04:06:58", now: "2023-06-01T00:00:00Z", want: "2020-02-29T04:06:58Z"},
		{layout: "%b %d %H:%M:%S", text: "Dec 31 23:59:59", now: "2024-01-01T00:00:00Z", want: "2023-12-31T23:59:59Z"},
		{layout: "%b %d %H:%M:%S", text: "Jan  1 00:00:00", now: "2023-12-31T23:00:00Z", want: "2024-01-01T00:00:00Z"},
		{layout: "%b %d %H:%M:%S", text: "Jan  2 00:00:00", now: "2023-12-31T23:00:00Z", want: "2023-01-02T00:00:00Z"},
		{layout: "%b %d %H:%M:%S", text: "Jan  2 00:00:00", now: "2024-01-01T00:00:00Z", want: "2024-01-02T00:00:00Z"},
		{layout: "%b %d %H:%M:%S", text: "Jan  2 00:00:01", now: "2024-01-01T00:00:00Z", want: "2023-01-02T00:00:01Z"},
		{layout: "%b %d %H:%M:%S", text: "Jan  2 00:00:01", now: "2024-01-01T00:00:00Z", zone: "+02:00", want: "2024-01-01T22:00:01Z"},
		{layout: "%j %T", text: "366 00:00:00", now: "2025-01-01T00:00:00Z", want: "2024-12-31T00:00:00Z"},
		{layout: "%d %T", text: "31 00:00:00", now: "2024-05-02T00:00:00Z", want: "2024-03-31T00:00:00Z"},
		{layout: "%d %T", text: "02 10:00:00", now: "2024-05-02T00:00:00Z", want: "2024-05-02T10:00:00Z"},
		{layout: "%d %T", text: "31 10:00:00", now: "2024-01-02T00:00:00Z", want: "2023-12-31T10:00:00Z"},

		{layout: "%T", text: "13:00:00", now: "2000-01-02T12:00:00Z", want: "2000-01-01T13:00:00Z"},
		{layout: "%T", text: "00:00:00", now: "2000-01-01T00:00:00Z", want: "2000-01-01T00:00:00Z"},
		{layout: "%T", text: "00:01:00", now: "2000-01-01T00:00:00Z", want: "2000-01-01T00:01:00Z"},
		{layout: "%T", text: "23:59:59", now: "2000-01-01T00:00:00Z", want: "1999-12-31T23:59:59Z"},
		{layout: "%T", text: "00:00:00", now: "2022-10-30T04:00:00+01:00", zone: "Europe/Belgrade", want: "2022-10-30T00:00:00+02:00"},
		{layout: "%T", text: "01:00:00", now: "2022-10-30T04:00:00+01:00", zone: "Europe/Belgrade", want: "2022-10-30T01:00:00+02:00"},
		{layout: "%T", text: "02:00:00", now: "2022-10-30T04:00:00+01:00", zone: "Europe/Belgrade", want: "2022-10-30T02:00:00+01:00"},
		{layout: "%T", text: "02:30:00", now: "2022-10-30T00:45:00Z", zone: "Europe/Belgrade", want: "2022-10-30T02:30:00+02:00"},
		{layout: "%T %z", text: "02:30:00 -1000", now: "2022-10-30T00:45:00Z", want: "2022-10-29T12:30:00Z"},
		{layout: "%T", text: "10:00:00", year: 2020, want: "2020-01-01T10:00:00Z"},
	} {
		o := Options{Zone: zoneOf(t, c.zone), Year: c.year}
		if c.now != "" {
			o.Now = time.Unix(0, instant(t, c.now))
		}
		clock := MustCompile(c.layout).NewClock(o)
		for range 2 {
			ns, ok := clock.Text([]byte(c.text))
			require.Equal(t, c.want != "", ok, "%v", c)
			if ok {
				require.Equal(t, time.Unix(0, instant(t, c.want)).UTC(), time.Unix(0, ns).UTC(), "%v", c)
			}
		}
	}
}

func TestLayoutsThatAreWrong(t *testing.T) {
	for _, c := range []struct {
		layout string
		offset int
		says   string
	}{
		{"is0", 0, "known are rfc3339"},
		{"", 0, "known are rfc3339"},
		{"%Y-%", 3, "not finished"},
		{"%Y-%-", 3, "not finished"},
		{"%Y-%Q", 3, "unknown directive %Q"},
		{"%Y %Ed", 3, "unknown directive %E"},
		{"%Y %Oy%OY", 6, "unknown directive %O"},
		{"%Y %U", 3, "without the day of the week"},
		{"%Y %W %T", 3, "without the day of the week"},
		{"%a %U", 3, "a week needs its year beside it"},
		{"%Y-W%V-%u", 4, "needs the year that it belongs to: %G"},
		{"%G-%u", 0, "needs its week (%V)"},
		{"%C%m%d", 0, "needs the year in it (%y)"},
		{"%u %z", 0, "neither a date nor a time"},
		{"%Y %.d", 3, "unknown directive %.d"},
		{"%Y %:S", 3, "unknown directive %:S"},
		{"%F %T.%12f", 6, "a width is 1 to 9"},
		{"Idle %F %I:%M", 8, "%p"},
		{"%F %r", -1, ""},
		{"%Y de %d", 6, "no month"},
		{"%p %z", 0, "neither a date nor a time"},
		{"100%%", 0, "neither a date nor a time"},
		{"Xyd", 0, "a year and a day, but no month"}, // of Java: the place is not that of the directives it stands for
	} {
		layout, err := Compile(c.layout)
		if c.offset < 0 {
			require.NoError(t, err, c.layout)
			continue
		}
		var wrong *LayoutError
		require.ErrorAs(t, err, &wrong, c.layout)
		assert.Nil(t, layout)
		assert.Equal(t, c.offset, wrong.Offset, "%q: %s", c.layout, wrong)
		assert.Contains(t, wrong.Error(), c.says, c.layout)
		assert.Equal(t, c.layout, wrong.Layout)
	}
	assert.Panics(t, func() { MustCompile("%") })
}

func TestWhatALayoutGuesses(t *testing.T) {
	for _, c := range []struct {
		layout     string
		year, zone bool
	}{
		{"clf", false, false}, {"rfc3339", false, false}, {"auto", false, true}, {"unix_ms", false, false}, {"%s", false, false},
		{"%b %d %T", true, true}, {"%T %z", true, false}, {"%F %T", false, true}, {"%F %T %Z", false, true},
	} {
		layout := MustCompile(c.layout)
		assert.Equal(t, c.year, layout.GuessesYear(), c.layout)
		assert.Equal(t, c.zone, layout.GuessesZone(), c.layout)
		assert.Equal(t, c.layout, layout.String())
		assert.Equal(t, c.layout == "rfc3339" || c.layout == "auto", layout.RFC3339(), c.layout)
	}
}

func TestZones(t *testing.T) {
	for name, east := range map[string]int{"UTC": 0, "Z": 0, "+02:00": 7200, "-0330": -12600, "+05": 18000, "Asia/Taipei": 28800, "America/Argentina/Ushuaia": -10800} {
		loc, err := ParseZone(name)
		require.NoError(t, err, name)
		_, got := time.Date(2024, 1, 1, 0, 0, 0, 0, loc).Zone()
		assert.Equal(t, east, got, name)
	}
	for _, name := range []string{"", "Local", "Mars/Olympus", "+25:00", "+1", "+02:00x", "../etc/passwd"} {
		_, err := ParseZone(name)
		assert.Error(t, err, name)
	}
}

// Every quarter of an hour about the changes of some zones, against the standard library.
func TestLocalTimesRoundTrip(t *testing.T) {
	step := int64(900)
	if testing.Short() {
		step *= 7
	}
	for _, name := range []string{"Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "Asia/Kolkata"} {
		loc := zoneOf(t, name)
		for _, year := range []int{1911, 1945, 1986, 2011, 2024} {
			z := zone{loc: loc}
			for u := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Unix(); u < time.Date(year+1, 1, 1, 0, 0, 0, 0, time.UTC).Unix(); u += step {
				_, east := time.Unix(u, 0).In(loc).Zone()
				first, last := z.both(u + int64(east))
				require.True(t, first == u || last == u, "%s %s: %d is neither %d nor %d", name, time.Unix(u, 0).In(loc), u, first, last)
				require.Equal(t, first, z.utc(u+int64(east)))
			}
		}
	}
}

func TestManyZoneNamesDoNotPileUp(t *testing.T) {
	clock := MustCompile("%F %Z").NewClock(Options{})
	for i := range 1000 {
		_, ok := clock.Text([]byte("2024-01-01 A/" + string(rune('a'+i%26)) + string(rune('a'+i/26%26))))
		require.True(t, ok)
	}
	assert.LessOrEqual(t, len(clock.memory.names.loaded), maxNames)
}

// An abbreviation is remembered for the times for which it means the same: around each change of a zone's clocks, and far from them.
func TestAbbreviationsMeanWhatTheyDoAtTheirTime(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	for _, name := range []string{"Europe/Paris", "America/New_York", "Europe/Moscow", "Asia/Kolkata", "UTC"} {
		loc, err := time.LoadLocation(name)
		require.NoError(t, err)
		for change := time.Date(1850, 1, 1, 0, 0, 0, 0, loc); change.Year() < 2030; {
			before, _ := change.Add(-time.Second).Zone()
			after, _ := change.Zone()
			for _, abbreviation := range []string{before, after, "XYZ"} {
				var n names
				for range 12 {
					local := change.UTC().Add(time.Duration(r.IntN(2*60*3600)-60*3600) * time.Second)
					if r.IntN(4) == 0 {
						local = local.AddDate(0, r.IntN(12), 0)
					}
					want, err := time.ParseInLocation("2006-01-02 15:04:05 MST", local.Format("2006-01-02 15:04:05 ")+abbreviation, loc)
					if err != nil || want.Location() != loc {
						want = local
					}
					require.Equal(t, want.Unix(), n.utc([]byte(abbreviation), local.Unix(), &zone{loc: loc}), "%s %s in %s", local, abbreviation, name)
				}
			}
			if _, end := change.ZoneBounds(); end.IsZero() {
				change = change.AddDate(30, 0, 0)
			} else {
				change = end
			}
		}
	}
}

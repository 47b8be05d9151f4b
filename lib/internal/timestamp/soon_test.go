package timestamp

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Whatever stamp comes after whatever other, of the same minute, day, year or none of them, a clock reads it as a new one does.
func TestStampsInAnyOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 2))
	tails := []string{"", "Z", " +0100", " +01:00", " UTC", " GMT x", ",5", ".5", ".", ":7", "12", " CET", " CET\"", " EST]", "-03", "-0300 x", "+1", ",web", " - x", " INFO", " Up"}
	for _, layout := range []struct{ ours, gos string }{
		{"clf", "02/Jan/2006:15:04:05 -0700"}, {"rfc3339", "2006-01-02T15:04:05Z07:00"}, {"rfc3339", "2006-01-02T15:04:05.000Z07:00"}, {"auto", "2006-01-02 15:04:05,000"},
		{"%b %e %T", "Jan _2 15:04:05"}, {"%d %b %Y %T", "02 Jan 2006 15:04:05"}, {"%Y-%m-%dT%H:%M:%S.%3f", "2006-01-02T15:04:05.000"}, {"%Y%m%d-%H:%M:%S,%6f", "20060102-15:04:05,000000"},
		{"%d/%b/%Y:%T %z", "02/Jan/2006:15:04:05 -0700"}, {"%T", "15:04:05"}, {"%T.%3f", "15:04:05.000"}, {"%H.%M.%S", "15.04.05"}, {"%H:%M:%S %d", "15:04:05 02"}, {"%d %H:%M", "02 15:04"},
		{"%a %b %e %T %Y", "Mon Jan _2 15:04:05 2006"}, {"%I:%M:%S %p", "03:04:05 PM"}, {"%j %T", "002 15:04:05"}, {"%m/%d %k:%M:%S", "01/02 15:04:05"}, {"%-H:%M:%S", "15:04:05"},
		{"iso", "2006-01-02 15:04:05|2006-01-02 15:04:05,000|2006-01-02T15:04:05.000000|2006-01-02 15:04:05Z07:00"},
		{"auto", "2006-01-02 15:04:05|2006-01-02 15:04:05.000"}, {"%b %e %Y %H:%M:%S%.f", "Jan _2 2006 15:04:05|Jan _2 2006 15:04:05.000|Jan _2 2006 15:04:05.000000000"},
		{"%Y/%m/%d %T%.f", "2006/01/02 15:04:05|2006/01/02 15:04:05.0|2006/01/02 15:04:05,000000"}, {"%b %e %T%.f", "Jan _2 15:04:05|Jan _2 15:04:05.000"}, {"%T%.3f", "15:04:05.000|15:04:05"},
	} {
		forms := strings.Split(layout.gos, "|")
		for _, zone := range []string{"UTC", "Europe/Paris", "Australia/Lord_Howe", "+05:30", "America/Sao_Paulo"} {
			loc, err := ParseZone(zone)
			require.NoError(t, err)
			// Days on which the clocks of these zones were changed, and ends of years.
			days := []time.Time{time.Date(2024, 10, 27, 0, 0, 0, 0, time.UTC), time.Date(2024, 4, 7, 0, 0, 0, 0, time.UTC), time.Date(2018, 11, 4, 0, 0, 0, 0, time.UTC), time.Date(2023, 12, 31, 0, 0, 0, 0, time.UTC), time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)}
			day := days[r.IntN(len(days))]
			for _, o := range []Options{{Zone: loc}, {Zone: loc, Year: 2024}, {Zone: loc, Now: day.Add(time.Duration(r.IntN(48)) * time.Hour)}, {Zone: loc, File: day.Add(30 * time.Hour)}} {
				warm, at := MustCompile(layout.ours).NewClock(o), day
				for range 150 {
					switch r.IntN(8) {
					case 0:
						day = days[r.IntN(len(days))]
						at = day
					case 1, 2:
						at = day.Add(time.Duration(r.IntN(30*3600)) * time.Second)
					case 3:
						at = at.Add(time.Duration(r.IntN(3600)) * time.Second)
					default:
						at = at.Add(time.Duration(r.IntN(100000)) * time.Millisecond)
					}
					form := forms[0]
					if r.IntN(4) == 0 {
						form = forms[r.IntN(len(forms))]
					}
					text := at.In(loc).Format(form) + tails[max(0, r.IntN(2*len(tails))-len(tails))]
					if r.IntN(10) == 0 { // a digit is another
						b := []byte(text)
						b[r.IntN(len(b))] = "0123456789 :"[r.IntN(12)]
						text = string(b)
					}
					ns, end, ok := warm.Parse(padded(text), 0)
					ns2, end2, ok2 := MustCompile(layout.ours).NewClock(o).Parse(padded(text), 0)
					require.Equal(t, []any{ns2, end2, ok2}, []any{ns, end, ok}, "%s %q in %s", layout.ours, text, zone)
				}
			}
		}
	}
}

// Other minutes of a day are known from one of its stamps, where the day has no change of clocks in it.
func TestAStampTellsOfItsDay(t *testing.T) {
	paris, err := ParseZone("Europe/Paris")
	require.NoError(t, err)
	for _, c := range []struct {
		layout, first, other string
		o                    Options
		soon                 bool
	}{
		{"clf", "17/May/2015:10:05:03 +0200", "17/May/2015:23:59:59 +0200", Options{}, true},
		{"rfc3339", "2024-10-27T02:30:01.123Z", "2024-10-27T00:01:00.000Z", Options{Zone: paris}, true},
		{"%b %e %T", "Mar  2 08:01:19", "Mar  2 17:00:00", Options{Year: 2026}, true},
		{"%b %e %T", "Mar  2 08:01:19", "Mar  2 17:00:00", Options{Live: true}, false},
		{"%Y-%m-%d %H:%M:%S,%3f", "2024-10-26 00:00:00,000", "2024-10-26 23:59:59,999", Options{Zone: paris}, true},
		{"%Y-%m-%d %H:%M:%S,%3f", "2024-10-27 00:00:00,000", "2024-10-27 23:59:59,999", Options{Zone: paris}, false},
		{"%d/%b/%Y:%T %z", "02/Mar/2026:08:59:00 -0730", "02/Mar/2026:09:00:00 -0730", Options{Zone: paris}, true},
		{"iso", "2026-03-02 08:59:00,123 x", "2026-03-02 17:00:01,456 - y", Options{}, true},
		{"iso", "2026-03-02 08:59:00,123 x", "2026-03-02 17:00:01,456 +0100", Options{}, false},
		{"iso", "2024-10-27 00:59:00 x", "2024-10-27 00:59:01 y", Options{Zone: paris}, false},
		{"auto", `2026-03-02 08:59:00.1"`, `2026-03-02 17:00:01.4"`, Options{Zone: paris}, true},
		{"auto", "2026-03-02 08:59:00.1", "2026-03-02 17:00:01.4 CET", Options{Zone: paris}, false},
		{"%b %e %Y %H:%M:%S%.f", "Mar  2 2026 08:59:00 x", "Mar  2 2026 17:00:01 y", Options{}, true},
		{"%b %e %Y %H:%M:%S%.f", "Mar  2 2026 08:59:00.123 x", "Mar  2 2026 17:00:01.456 y", Options{}, true},
		{"%b %e %Y %H:%M:%S%.f", "Mar  2 2026 08:59:00 x", "Mar  2 2026 17:00:01.456 y", Options{}, false},
		{"%H.%M.%S", "08.59.00", "21.10.00", Options{}, true},
		{"%I:%M:%S %p", "08:59:00 AM", "09:00:00 AM", Options{}, false},
	} {
		clock := MustCompile(c.layout).NewClock(c.o)
		_, _, ok := clock.Parse(padded(c.first), 0)
		require.True(t, ok, c.first)
		_, end, ok := clock.Soon(padded(c.other), 0)
		require.Equal(t, c.soon, ok, "%s, then %s", c.first, c.other)
		if ok {
			require.Equal(t, strings.TrimRight(c.other, `- xy"`), c.other[:end])
		}
	}
}

package timestamp

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFromJava(t *testing.T) {
	for _, c := range []struct{ java, want, stamp, at string }{
		{"yyyy-MM-dd HH:mm:ss,SSS", "%Y-%m-%d %H:%M:%S,%3f", "2026-03-05 08:09:10,250", "2026-03-05T08:09:10.25Z"},
		{"yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "%Y-%m-%dT%H:%M:%S.%3f%z", "2026-03-05T08:09:10.250+01:00", "2026-03-05T07:09:10.25Z"},
		{"uuuu-MM-dd'T'HH:mm:ss.SSSSSSX", "%Y-%m-%dT%H:%M:%S.%6f%z", "2026-03-05T08:09:10.250001Z", "2026-03-05T08:09:10.250001Z"},
		{"dd MMM yyyy HH:mm:ss,SSS", "%d %b %Y %H:%M:%S,%3f", "05 Mar 2026 08:09:10,250", "2026-03-05T08:09:10.25Z"},
		{"dd/MMM/yyyy:HH:mm:ss Z", "%d/%b/%Y:%H:%M:%S %z", "05/Mar/2026:08:09:10 +0100", "2026-03-05T07:09:10Z"},
		{"EEE MMM d HH:mm:ss zzz yyyy", "%a %b %d %H:%M:%S %Z %Y", "Thu Mar 5 08:09:10 UTC 2026", "2026-03-05T08:09:10Z"},
		{"EEEE, MMMM dd, yyyy h:mm:ss a", "%A, %B %d, %Y %I:%M:%S %p", "Thursday, March 05, 2026 8:09:10 PM", "2026-03-05T20:09:10Z"},
		{"yy/MM/dd HH:mm:ss", "%y/%m/%d %H:%M:%S", "26/03/05 08:09:10", "2026-03-05T08:09:10Z"},
		{"HH:mm:ss.nnnnnnnnn", "%H:%M:%S.%9f", "08:09:10.250001000", "1970-01-01T08:09:10.250001Z"},
		{"yyyyMMddHHmmssSSS", "%Y%m%d%H%M%S%3f", "20260305080910250", "2026-03-05T08:09:10.25Z"},
		{"yyyy.DDD 'o''clock' HH ''%", "%Y.%j o'clock %H '%%", "2026.064 o'clock 08 '%", "2026-03-05T08:00:00Z"},
	} {
		layout, err := FromJava(c.java)
		require.NoError(t, err, c.java)
		assert.Equal(t, c.want, layout)
		checkStamp(t, layout, c.stamp, c.at)
	}
	for _, c := range []struct {
		java   string
		offset int
	}{{"yyyy-ww", 5}, {"G yyyy", 0}, {"HH:mm 'open", 6}, {"SSSSSSSSSS", 0}, {"kk:mm", 0}, {"KK", 0}, {"yyyy-MM-ddTHH", 10}, {"ZZZZ", 0}, {"QQQ", 0}, {"HHH", 0}} {
		_, err := FromJava(c.java)
		var e *LayoutError
		require.ErrorAs(t, err, &e, c.java)
		assert.Equal(t, c.offset, e.Offset, c.java)
	}
}

func TestFromGo(t *testing.T) {
	for _, c := range []struct{ layout, want string }{
		{time.ANSIC, "%a %b %e %H:%M:%S %Y"}, {time.UnixDate, "%a %b %e %H:%M:%S %Z %Y"}, {time.RFC822, "%d %b %y %H:%M %Z"},
		{time.RFC850, "%A, %d-%b-%y %H:%M:%S %Z"}, {time.RFC1123Z, "%a, %d %b %Y %H:%M:%S %z"}, {time.RFC3339, "%Y-%m-%dT%H:%M:%S%z"},
		{time.RFC3339Nano, "%Y-%m-%dT%H:%M:%S%.f%z"}, {time.Kitchen, "%I:%M%p"}, {time.StampMicro, "%b %e %H:%M:%S.%6f"},
		{"02/Jan/2006:15:04:05 -0700", "%d/%b/%Y:%H:%M:%S %z"}, {"2006/01/02 15:04:05,000", "%Y/%m/%d %H:%M:%S,%3f"}, {"2006-002 100%", "%Y-%j %m00%%"},
		{"1/2/06 3:04:05 pm", "%m/%d/%y %I:%M:%S %p"}, {"Month January", "Month %B"}, {"20060102T150405", "%Y%m%dT%H%M%S"},
	} {
		layout, err := FromGo(c.layout)
		require.NoError(t, err, c.layout)
		assert.Equal(t, c.want, layout, c.layout)
	}
	_, err := FromGo("2006 -07:00:00")
	var e *LayoutError
	require.ErrorAs(t, err, &e)
	assert.Equal(t, 5, e.Offset)
}

// What Go writes by a layout is read back by its translation.
func TestGoLayoutsReadWhatGoWrites(t *testing.T) {
	at := time.Date(2026, 3, 5, 8, 9, 10, 250_000_000, time.UTC)
	for _, layout := range []string{time.ANSIC, time.UnixDate, time.RFC850, time.RFC1123, time.RFC1123Z, time.RFC3339, time.RFC3339Nano, time.DateTime, "2006-01-02 15:04:05.000 -07:00", "02.01.2006 3:04:05.999 PM"} {
		translated, err := FromGo(layout)
		require.NoError(t, err)
		text := at.Format(layout)
		want, err := time.Parse(layout, text)
		require.NoError(t, err)
		checkStamp(t, translated, text, want.UTC().Format(time.RFC3339Nano))
	}
}

func checkStamp(t *testing.T, layout, stamp, want string) {
	t.Helper()
	l, err := Compile(layout)
	require.NoError(t, err, layout)
	ns, ok := l.NewClock(Options{}).Text([]byte(stamp))
	require.True(t, ok, "%s: %s", layout, stamp)
	assert.Equal(t, want, time.Unix(0, ns).UTC().Format(time.RFC3339Nano), layout)
}

func FuzzTranslate(f *testing.F) {
	for _, seed := range []string{"yyyy-MM-dd'T'HH:mm:ss,SSSXXX", "''''", "%", time.RFC1123, "2006.000", "_2__2", ".9,0"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, translate := range []func(string) (string, error){FromJava, FromGo} {
			layout, err := translate(text)
			if err != nil {
				var e *LayoutError
				require.ErrorAs(t, err, &e)
				assert.True(t, 0 <= e.Offset && e.Offset < len(text))
				continue
			}
			if l, err := Compile(layout); err == nil {
				l.NewClock(Options{}).Text([]byte(text))
			}
		}
	})
}

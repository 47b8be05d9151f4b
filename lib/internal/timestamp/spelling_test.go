package timestamp

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A layout may be written as strptime, Go or Java write it, or be a name.
func TestSpellings(t *testing.T) {
	for _, c := range []struct{ layout, text, want string }{
		{"02/Jan/2006:15:04:05 -0700", "05/Mar/2026:08:09:10 +0100", "2026-03-05T07:09:10Z"},
		{"2006-01-02T15:04:05.000Z07:00", "2026-03-05T08:09:10.250+01:00", "2026-03-05T07:09:10.25Z"},
		{"3:04PM 06/01/02", "8:09PM 26/03/05", "2026-03-05T20:09:00Z"},
		{"RFC3339Nano", "2026-03-05T08:09:10.5Z", "2026-03-05T08:09:10.5Z"},
		{"UnixDate", "Thu Mar  5 08:09:10 UTC 2026", "2026-03-05T08:09:10Z"},
		{"RFC1123Z", "Thu, 05 Mar 2026 08:09:10 +0100", "2026-03-05T07:09:10Z"},
		{"DateTime", "2026-03-05 08:09:10", "2026-03-05T08:09:10Z"},
		{"yyyy-MM-dd'T'HH:mm:ss,SSSX", "2026-03-05T08:09:10,250Z", "2026-03-05T08:09:10.25Z"},
		{"MMM d uuuu h:mm:ss a", "Mar 5 2026 8:09:10 PM", "2026-03-05T20:09:10Z"},
		{"ISO8601", "2026-03-05 08:09:10,250", "2026-03-05T08:09:10.25Z"},
		{"UNIX_MS", "1772694550250", "2026-03-05T07:09:10.25Z"},
		{"TAI64N", "@4000000069a92a4400000000", "2026-03-05T07:01:14Z"},
		{"ctime", "Thu Mar  5 08:09:10 2026", "2026-03-05T08:09:10Z"},
	} {
		layout, err := Compile(c.layout)
		require.NoError(t, err, c.layout)
		assert.Equal(t, c.layout, layout.String())
		checkStamp(t, c.layout, c.text, c.want)
	}
	layout, err := Compile("syslog")
	require.NoError(t, err)
	assert.True(t, layout.GuessesYear())
}

// A mistake is told in the spelling of the layout.
func TestSpellingsThatAreWrong(t *testing.T) {
	for _, c := range []struct {
		layout string
		offset int
		says   string
	}{
		{"yyyy-ww", 5, "unknown or useless letters ww"},
		{"HH:mm 'open", 6, "not closed"},
		{"2006-01-02 15:04:05 -07:00:00", 20, "an offset with seconds"},
		{"music", 0, "known are rfc3339"},
	} {
		_, err := Compile(c.layout)
		var e *LayoutError
		require.ErrorAs(t, err, &e, c.layout)
		assert.Equal(t, c.offset, e.Offset, c.layout)
		assert.Contains(t, e.Message, c.says)
		assert.Equal(t, c.layout, e.Layout)
	}
}

package timestamp

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Every day of years that begin and end on all weekdays, written as strftime does.
func TestWeeksRoundTrip(t *testing.T) {
	layouts := map[string]*Clock{}
	for _, layout := range []string{"%G-W%V-%u", "%V %a %g", "%U %w %Y", "%W %A %C%y"} {
		layouts[layout] = MustCompile(layout).NewClock(Options{})
	}
	for day := time.Date(1996, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2030; day = day.AddDate(0, 0, 1) {
		isoYear, week := day.ISOWeek()
		weekday, ofYear := int(day.Weekday()), day.YearDay()-1
		for layout, text := range map[string]string{
			"%G-W%V-%u":  fmt.Sprintf("%04d-W%02d-%d", isoYear, week, (weekday+6)%7+1),
			"%V %a %g":   fmt.Sprintf("%02d %s %02d", week, day.Format("Mon"), isoYear%100),
			"%U %w %Y":   fmt.Sprintf("%02d %d %d", (ofYear+7-weekday)/7, weekday, day.Year()),
			"%W %A %C%y": fmt.Sprintf("%02d %s %d", (ofYear+7-(weekday+6)%7)/7, day.Format("Monday"), day.Year()),
		} {
			ns, ok := layouts[layout].Text([]byte(text))
			require.True(t, ok, "%s: %s", layout, text)
			require.Equal(t, day, time.Unix(0, ns).UTC(), "%s: %s", layout, text)
		}
	}
}

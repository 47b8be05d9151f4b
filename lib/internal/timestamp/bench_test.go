package timestamp

import (
	"testing"
	"time"
)

func BenchmarkParse(b *testing.B) {
	for _, c := range []struct{ name, layout, format string }{
		{"clf", "clf", "02/Jan/2006:15:04:05 -0700"},
		{"rfc3339", "rfc3339", "2006-01-02T15:04:05.000000000Z07:00"},
		{"auto", "auto", "2006-01-02T15:04:05.000000000Z07:00"},
		{"strptime", "%Y-%m-%d %H:%M:%S,%f", "2006-01-02 15:04:05,000"},
		{"syslog", "%b %e %H:%M:%S", "Jan _2 15:04:05"},
		{"ctime", "%a %b %e %H:%M:%S %Y", time.ANSIC},
	} {
		b.Run(c.name, func(b *testing.B) {
			var data []byte
			var starts []int
			at := time.Date(2026, 3, 1, 0, 0, 0, 9938243, time.UTC)
			for range 1024 {
				starts = append(starts, len(data))
				data = append(at.AppendFormat(data, c.format), '\n')
				at = at.Add(337 * time.Millisecond)
			}
			data = append(data, make([]byte, 64)...)
			clock := MustCompile(c.layout).NewClock(Options{Year: 2026})
			k := 0
			for b.Loop() {
				if _, _, ok := clock.Parse(data, starts[k&1023]); !ok {
					b.Fatal("refused")
				}
				k++
			}
		})
	}
}

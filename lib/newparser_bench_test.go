package sawlog

import "testing"

// BenchmarkNewParser is what opening a parser by name costs.
func BenchmarkNewParser(b *testing.B) {
	for _, name := range []string{"combined", "syslog", "nginx_main"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := NewParser(name); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

package sawlog

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkNewParser is what opening a parser costs, by name and by grok patterns.
func BenchmarkNewParser(b *testing.B) {
	for _, name := range []string{"combined", "syslog", "nginx_main", "%{COMBINEDAPACHELOG}", "%{SYSLOGLINE}", "%{IPORHOST:client} %{GREEDYDATA:rest}"} {
		b.Run(name, func(b *testing.B) {
			if strings.HasPrefix(name, "%") {
				name = `{"grok": "` + name + `"}`
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := NewParser(name); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkDetect is what finding a format costs in a program that has done so before.
func BenchmarkDetect(b *testing.B) {
	for _, name := range []string{"access.log", "app.jsonl", "app.logfmt"} {
		data, err := os.ReadFile("../examples/data/" + name)
		require.NoError(b, err)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Detect(data)
			}
		})
	}
}

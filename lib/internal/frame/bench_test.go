package frame

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sawlog/sawlog/lib/record"
)

func BenchmarkCutter(b *testing.B) {
	var text strings.Builder
	for k := 0; text.Len() < 8<<20; k++ {
		fmt.Fprintf(&text, "2026-05-06 10:%02d:%02d,%03d INFO  [worker-%d] org.example.Store - request %d took %d ms and gave nothing of interest\n", k/60%60, k%60, k%1000, k%8, k, k%77)
		if k%20 == 0 {
			text.WriteString("org.example.StoreException: disk full" + strings.Repeat("\n\tat org.example.Store.write(Store.java:120)", 20) + "\n")
		}
	}
	input := []byte(text.String())
	for _, c := range []struct {
		name string
		o    Joining
	}{
		{"start", Joining{Start: `^\d{4}-\d\d-\d\d `}}, {"start without a prefix", Joining{Start: `^(\d{4}-\d\d-\d\d|\[\d+)`}}, {"java", Joining{Presets: []string{"java"}}}, {"indent", Joining{Presets: []string{"indent"}}},
		{"all presets", Joining{Presets: []string{"java", "python", "go", "ruby", "node", "dotnet", "rust", "php"}}},
	} {
		b.Run(c.name, func(b *testing.B) {
			f := compile(b, Options{Multiline: &c.o, Limit: 1 << 20})
			b.SetBytes(int64(len(input)))
			for b.Loop() {
				cutter := f.NewCutter(record.Heap, 1<<20)
				cutter.Start(0)
				cutter.Feed(input)
				for {
					block, ok := cutter.Next()
					if !ok {
						break
					}
					record.Heap.Free(block.Data)
				}
				for {
					block, ok := cutter.Flush(true)
					if !ok {
						break
					}
					record.Heap.Free(block.Data)
				}
			}
		})
	}
}

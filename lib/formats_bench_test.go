package sawlog

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/formats"
)

// sampleLog is a log of about size bytes: the samples of the format that are records, again and again.
func sampleLog(f *formats.Format, size int) []byte {
	var once, text bytes.Buffer
	for _, s := range f.Samples {
		if s.Row != "" {
			once.WriteString(s.Input + "\n")
		}
	}
	for text.Len() < size {
		text.Write(once.Bytes())
	}
	return text.Bytes()
}

// BenchmarkFormats reads each format's own samples on one worker: awkward lines all, so that logs from the field go faster.
//
//	go test ./lib -run '^$' -bench 'Formats/cisco' -benchtime 20x
func BenchmarkFormats(b *testing.B) {
	all, err := formats.All()
	require.NoError(b, err)
	for i := range all {
		f := &all[i]
		b.Run(f.Name, func(b *testing.B) {
			text := sampleLog(f, 4<<20)
			parser, err := NewParser(f.Name)
			require.NoError(b, err)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				r, err := parser.OpenReader(bytes.NewReader(text), Options{Threads: 1})
				require.NoError(b, err)
				for batch, err := range r.Batches() {
					require.NoError(b, err)
					batch.Release()
				}
				require.NoError(b, r.Close())
			}
		})
	}
}

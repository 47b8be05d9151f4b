package source

import (
	"io"

	"github.com/sawlog/sawlog/lib/internal/charset"
)

// decoded is an input in another encoding, read as UTF-8.
type decoded struct {
	io.ReadCloser
	d    charset.Decoder
	room []byte
	text []byte // what room means ...
	at   int    // ... and how much of it has been read
	err  error  // comes behind it
}

func decode(r io.ReadCloser, e charset.Encoding) io.ReadCloser {
	const size = 1 << 16
	return &decoded{ReadCloser: r, d: charset.Decoder{Encoding: e}, room: make([]byte, size)}
}

// Read implements io.Reader.
func (r *decoded) Read(p []byte) (int, error) {
	for r.at == len(r.text) {
		if r.err != nil || len(p) == 0 {
			return 0, r.err
		}
		var n int
		n, r.err = r.ReadCloser.Read(r.room)
		r.text, r.at = r.d.Append(r.text[:0], r.room[:n], r.err == io.EOF), 0
	}
	n := copy(p, r.text[r.at:])
	r.at += n
	return n, nil
}

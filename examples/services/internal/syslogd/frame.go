package syslogd

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// frame reads one message from a stream, in either framing of RFC 6587: "LENGTH MESSAGE", or up to a line feed (or a NUL, which some send).
// A message longer than most is cut: cut says so, and the rest of it is skipped. The message is valid until the next call. buf is used
// again.
func frame(r *bufio.Reader, buf []byte, most int) (message []byte, cut bool, err error) {
	for { // some senders end counted messages with a line feed too
		c, err := r.Peek(1)
		if err != nil {
			return nil, false, err
		}
		if c[0] != '\n' && c[0] != 0 {
			break
		}
		_, _ = r.Discard(1)
	}
	if n, digits := count(r); digits > 0 {
		_, _ = r.Discard(digits + 1)
		return counted(r, buf, n, most)
	}
	return line(r, buf, most)
}

// more tells whether something of a next message is there already: what may stand between two messages is nothing to wait behind.
func more(r *bufio.Reader) bool {
	for r.Buffered() > 0 {
		if c, err := r.Peek(1); err != nil || c[0] != '\n' && c[0] != 0 {
			return err == nil
		}
		_, _ = r.Discard(1)
	}
	return false
}

// maxDigits of a length: more than any message may have.
const maxDigits = 9

// count looks for a length and a blank; digits is 0 when there is none.
func count(r *bufio.Reader) (n, digits int) {
	for want := 1; want <= maxDigits+1; want++ {
		head, err := r.Peek(want)
		if err != nil {
			return 0, 0
		}
		switch c := head[want-1]; {
		case '0' <= c && c <= '9' && (c != '0' || want > 1):
			n = 10*n + int(c-'0')
		case c == ' ' && want > 1:
			return n, want - 1
		default:
			return 0, 0
		}
	}
	return 0, 0
}

func counted(r *bufio.Reader, buf []byte, n, most int) ([]byte, bool, error) {
	keep := min(n, most)
	for len(buf) < keep { // grows with what comes, not with what is announced
		step := min(keep-len(buf), 4096)
		buf = append(buf, make([]byte, step)...)
		if _, err := io.ReadFull(r, buf[len(buf)-step:]); err != nil {
			return nil, false, unexpected(err)
		}
	}
	if n > keep {
		if _, err := r.Discard(n - keep); err != nil {
			return nil, false, unexpected(err)
		}
	}
	return buf, n > keep, nil
}

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func line(r *bufio.Reader, buf []byte, most int) (message []byte, cut bool, err error) {
	for {
		piece, err := r.ReadSlice('\n')
		if room := most - len(buf); len(piece) > room+1 {
			cut = true
			buf = append(buf, piece[:max(room, 0)]...)
		} else {
			buf = append(buf, piece...)
		}
		switch {
		case err == nil, err == io.EOF && len(buf) > 0: // the last line may end with the connection
			return bytes.TrimRight(buf, "\r\n\x00"), cut, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, false, err
		}
	}
}

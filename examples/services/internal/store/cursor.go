package store

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
)

// ErrCursor is a text that no search gave out.
var ErrCursor = errors.New("not a cursor of this service")

// String is the cursor as clients carry it.
func (c Cursor) String() string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(c.Time))
	binary.BigEndian.PutUint64(b[8:], uint64(c.ID))
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// ParseCursor reads what String wrote.
func ParseCursor(text string) (*Cursor, error) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) != 16 {
		return nil, ErrCursor
	}
	return &Cursor{Time: int64(binary.BigEndian.Uint64(b[:8])), ID: int64(binary.BigEndian.Uint64(b[8:]))}, nil
}

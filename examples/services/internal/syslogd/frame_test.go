package syslogd

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
)

func frames(r io.Reader) (all []string, err error) {
	b := bufio.NewReaderSize(r, 16)
	for {
		message, cut, err := frame(b, nil, 20)
		if err != nil {
			return all, err
		}
		text := string(message)
		if cut {
			text += "~"
		}
		all = append(all, text)
	}
}

func TestFrame(t *testing.T) {
	long := strings.Repeat("x", 50)
	for name, c := range map[string]struct {
		stream string
		want   []string
		err    error
	}{
		"lines":                {"<1>a\n<2>b\r\n<3>c", []string{"<1>a", "<2>b", "<3>c"}, io.EOF},
		"counted":              {"4 <1>a5 <2>\nb", []string{"<1>a", "<2>\nb"}, io.EOF},
		"both":                 {"4 <1>a<2>b\n4 <3>c\n\n\x00<4>d\n", []string{"<1>a", "<2>b", "<3>c", "<4>d"}, io.EOF},
		"no count":             {"12:00 a\n12x b\n0 c\n12\n", []string{"12:00 a", "12x b", "0 c", "12"}, io.EOF},
		"a long line":          {long + "\nb\n", []string{long[:20] + "~", "b"}, io.EOF},
		"exactly as long":      {long[:20] + "\nb\n", []string{long[:20], "b"}, io.EOF},
		"one more":             {long[:21] + "\nb\n", []string{long[:20] + "~", "b"}, io.EOF},
		"a long count":         {"50 " + long + "1 b", []string{long[:20] + "~", "b"}, io.EOF},
		"half a message":       {"4 <1>a9 <2>", []string{"<1>a"}, io.ErrUnexpectedEOF},
		"a length from a liar": {"999999999 x", nil, io.ErrUnexpectedEOF},
		"a count of 10 digits": {"9999999999 x\n", []string{"9999999999 x"}, io.EOF},
		"nothing":              {"", nil, io.EOF},
	} {
		t.Run(name, func(t *testing.T) {
			for _, r := range []io.Reader{strings.NewReader(c.stream), iotest.OneByteReader(strings.NewReader(c.stream)), iotest.DataErrReader(strings.NewReader(c.stream))} {
				all, err := frames(r)
				assert.Equal(t, c.want, all)
				assert.Equal(t, fmt.Sprint(c.err), fmt.Sprint(err))
			}
		})
	}
	gone := errors.New("gone")
	_, err := frames(io.MultiReader(strings.NewReader("<1>a"), iotest.ErrReader(gone)))
	assert.ErrorIs(t, err, gone)
}

func FuzzFrame(f *testing.F) {
	f.Add("4 <1>a<2>b\n")
	f.Fuzz(func(t *testing.T, stream string) {
		all, err := frames(strings.NewReader(stream))
		assert.Error(t, err)
		assert.LessOrEqual(t, len(strings.Join(all, "")), len(stream)+len(all))
	})
}

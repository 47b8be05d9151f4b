package logstream

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"
)

// inParts is what becomes of a large message, and the largest memory of a piece.
func inParts(t *testing.T, tr *transformer, value string) (out []kgo.Record, count counts, arena int) {
	t.Helper()
	for part := range tr.parts(messages(value)[0]) {
		p := &piece{}
		c, err := part(p)
		require.NoError(t, err)
		count.add(c)
		out = append(out, p.out...)
		arena = max(arena, len(p.arena))
	}
	return out, count, arena
}

// values are those of one topic, a message's after the other's.
func values(out []kgo.Record, topic string) string {
	var all strings.Builder
	for i := range out {
		if out[i].Topic == topic {
			all.Write(out[i].Value)
			all.WriteByte('\n')
		}
	}
	return all.String()
}

// TestPartsOfAMessage give what the whole would, with as much memory as a part takes.
func TestPartsOfAMessage(t *testing.T) {
	mixed, records := &strings.Builder{}, &strings.Builder{}
	for i := range 20_000 {
		fmt.Fprintln(mixed, line(i))
		if i%500 == 7 {
			fmt.Fprintln(mixed, "bad", i)
		}
		fmt.Fprintf(records, "%d begins\n  and goes on\n\n", i)
	}
	for name, c := range map[string]struct{ definition, value string }{
		"lines":            {"combined", mixed.String()},
		"no last newline":  {"combined", strings.TrimSuffix(mixed.String(), "\n")},
		"records of lines": {`{"dissect":"%{n} %{message}","multiline":{"start":"^\\d"}}`, records.String()},
		"one long line":    {"combined", strings.Repeat("x", 900<<10)},
		"nothing":          {"combined", strings.Repeat("\n", 600<<10)},
	} {
		t.Run(name, func(t *testing.T) {
			tr, whole := transform0(t, c.definition, 8<<20), &piece{}
			want, err := tr.messages(messages(c.value), whole)
			require.NoError(t, err)
			out, count, arena := inParts(t, tr, c.value)
			assert.Equal(t, want.messages, count.messages)
			assert.EqualValues(t, len(c.value), count.bytes)
			assert.Equal(t, []int64{want.records, want.rejects}, []int64{count.records, count.rejects})
			assert.Equal(t, values(whole.out, "records"), values(out, "records"))
			assert.Equal(t, values(whole.out, "dead"), values(out, "dead"))
			assert.LessOrEqual(t, arena, 5*pieceBytes)
			assert.Equal(t, name == "nothing", len(out) == 0)
			for _, r := range out {
				assert.Equal(t, "k0", string(r.Key))
				if n, err := strconv.Atoi(strings.TrimPrefix(string(r.Value), "bad ")); err == nil {
					assert.Equal(t, fmt.Sprint(n+n/500+2), header(&r, "sawlog.line"), "of the message, not of the part")
				}
			}
		})
	}
}

func TestPartsAsArrow(t *testing.T) {
	tr := transform0(t, "combined", 900<<10)
	tr.arrow = newArrowOutput()
	out, count, _ := inParts(t, tr, strings.Repeat(line(1)+"\n", 20_000))
	rows := int64(0)
	for _, r := range out {
		require.Equal(t, "records", r.Topic)
		assert.Equal(t, "100-100", header(&r, "sawlog.offsets"))
		stream, err := ipc.NewReader(bytes.NewReader(r.Value))
		require.NoError(t, err)
		for stream.Next() {
			rows += stream.RecordBatch().NumRows()
		}
		stream.Release()
	}
	assert.EqualValues(t, 20_000, rows)
	assert.EqualValues(t, 20_000, count.records)

	tr.most = 4 << 10 // no part fits: its lines are dead letters, not lost
	out, _, _ = inParts(t, tr, strings.Repeat(line(1)+"\n", 20_000))
	size := 0
	for _, r := range out {
		assert.Equal(t, tooLong, header(&r, "sawlog.reason"))
		assert.NotEmpty(t, r.Value)
		n, err := strconv.Atoi(header(&r, "sawlog.length"))
		require.NoError(t, err)
		size += n
	}
	assert.Equal(t, 20_000*(len(line(1))+1), size)
}

// TestAMessageOfBadLines: it is little on the wire, and takes little, neither time nor memory.
func TestAMessageOfBadLines(t *testing.T) {
	const lines = 1 << 20
	s := &scripted{pieces: [][]string{{line(1), strings.Repeat("x\n", lines), line(2)}}}
	require.NoError(t, s.with(t, transform0(t, "combined", 900<<10), 100))
	assert.Equal(t, []bool{true}, s.settled)
	assert.Less(t, len(s.produced), 20_000)
	assert.Contains(t, s.produced[0], `"/1"`)
	assert.Contains(t, s.produced[len(s.produced)-1], `"/2"`)
	bad := s.produced[1 : len(s.produced)-1]
	assert.Equal(t, lines, strings.Count(strings.Join(bad, "\n"), "x"), "none is lost")
}

// TestLettersOfManyLines: so many rejects have a letter each, and fewer an explanation; those behind are gathered by message.
func TestLettersOfManyLines(t *testing.T) {
	const first, second = 1500, 800
	bad := func(from, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "bad %d\n", from+i)
			if i%10 == 0 {
				fmt.Fprintln(&b, line(i))
			}
		}
		return b.String()
	}
	tr := transform0(t, "combined", 4<<10)
	out, count := output(t, tr, bad(0, first), bad(first, second), "bad 2300")
	assert.Equal(t, counts{3, count.bytes, first/10 + second/10, first + second + 1}, count)
	next, single, explained := 0, 0, 0
	for _, r := range out {
		if r.Topic != "dead" {
			continue
		}
		assert.LessOrEqual(t, len(r.Value), tr.most)
		assert.Empty(t, header(r, "sawlog.length"), "it is all there")
		if header(r, "sawlog.expected") != "" {
			explained++
		}
		of, lines := strings.Split(string(r.Value), "\n"), header(r, "sawlog.lines")
		if lines == "" {
			single++
			lines = "1"
		}
		assert.Equal(t, lines, fmt.Sprint(len(of)))
		in, at := 0, next
		if next >= first {
			in, at = 1, next-first
		}
		if next >= first+second {
			in, at = 2, 0
		}
		assert.Equal(t, fmt.Sprint("logs/3/", 100+in), header(r, "sawlog.source"), "no letter has lines of two messages")
		assert.Equal(t, fmt.Sprint(at+1+(at+9)/10), header(r, "sawlog.line"), "of the first of them")
		for _, l := range of {
			assert.Equal(t, fmt.Sprint("bad ", next), l)
			next++
		}
	}
	assert.Equal(t, first+second+1, next)
	assert.Equal(t, mostLetters+1, single, "the last is alone in its message")
	assert.Equal(t, mostExplained, explained)
}

// TestLettersOfAPiece: messages that are parsed alone, because records have several lines, have no more of them together.
func TestLettersOfAPiece(t *testing.T) {
	tr, p := transform0(t, `{"dissect":"%{n} - %{message}","multiline":{"start":"^\\d"}}`, 8<<10), &piece{}
	var in []string
	for i := range 600 {
		in = append(in, fmt.Sprintf("%d - begins\n goes on\n1 bad\n2 bad\n3 bad", i))
	}
	count, err := tr.messages(messages(in...), p)
	require.NoError(t, err)
	assert.Equal(t, []int64{600, 1800}, []int64{count.records, count.rejects})
	assert.Equal(t, 1800, strings.Count(values(p.out, "dead"), "bad"))
	explained, letters := 0, 0
	for i := range p.out {
		if p.out[i].Topic == "dead" {
			letters++
			if header(&p.out[i], "sawlog.expected") != "" {
				explained++
			}
		}
	}
	assert.Equal(t, mostExplained, explained)
	assert.Equal(t, mostLetters+267, letters, "one for the rest of each message")
	p.batch, p.home = &batch{}, newPieces()
	p.home.taken <- struct{}{}
	p.left.Store(1)
	p.done()
	assert.Zero(t, p.rejects)
}

// TestTheLengthOfACutLine: a line that is too long for the parser is in its dead letter as far as the parser has it.
func TestTheLengthOfACutLine(t *testing.T) {
	tr, long := transform0(t, "combined", 2<<20), strings.Repeat("x", 3<<20)
	whole, _ := output(t, tr, long)
	parts, _, _ := inParts(t, tr, long)
	for _, r := range []*kgo.Record{whole[0], &parts[0]} {
		assert.Equal(t, fmt.Sprint(3<<20), header(r, "sawlog.length"))
		assert.Len(t, r.Value, 1<<20)
		assert.Equal(t, "too_long", header(r, "sawlog.reason"))
	}
}

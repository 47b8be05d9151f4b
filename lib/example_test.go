package sawlog_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	sawlog "github.com/sawlog/sawlog/lib"
)

const accessLog = `192.0.2.1 - - [05/Mar/2026:08:09:10 +0000] "GET / HTTP/1.1" 200 512 "-" "curl/8.5.0"
192.0.2.2 - ada [05/Mar/2026:08:09:11 +0000] "POST /login HTTP/1.1" 302 - "https://example.com/" "Mozilla/5.0"
Server restarted
192.0.2.1 - - [05/Mar/2026:08:09:12 +0000] "GET /missing HTTP/1.1" 404 196 "-" "curl/8.5.0"
`

// Columns are read in place: one slice of numbers for a whole batch.
func Example() {
	parser, err := sawlog.NewParser("combined")
	if err != nil {
		panic(err)
	}
	batch := parser.Parse([]byte(accessLog))
	defer batch.Release()

	status, bytes := batch.Column("status").Ints(), batch.Column("bytes")
	var sum int64
	for _, n := range bytes.Ints() {
		sum += n
	}
	fmt.Println(status, sum, bytes.IsNull(1), batch.Rejects())
	// Output: [200 302 404] 708 true 1
}

// A format string is taken from the server's configuration as it is.
func ExampleNewParser_nginx() {
	parser, err := sawlog.NewParser(`{"nginx": "$remote_addr [$time_iso8601] $host \"$request\" $status $request_time"}`)
	if err != nil {
		panic(err)
	}
	batch := parser.Parse([]byte(`2001:db8::7 [2026-03-05T08:09:10+01:00] example.com "GET /a?b=c HTTP/2.0" 200 0.250` + "\n"))
	defer batch.Release()
	fmt.Println(batch.Schema())
	fmt.Println(batch.Column("server").Text(0), batch.Column("target").Text(0), time.Duration(batch.Column("duration").Ints()[0]), batch.Column("time").Time(0))
	// Output:
	// client string, time timestamp, server string, method string, target string, protocol string, request string, status int, duration duration
	// example.com /a?b=c 250ms 2026-03-05 07:09:10 +0000 UTC
}

// Parts of a time that stand side by side are one time.
func ExampleNewParser_apache() {
	parser, err := sawlog.NewParser(`{"apache": "%h [%{%d/%b/%Y %T}t.%{msec_frac}t %{%z}t] %>s %D"}`)
	if err != nil {
		panic(err)
	}
	batch := parser.ParseRecord([]byte("192.0.2.1 [05/Mar/2026 08:09:10.250 +0100] 200 1500"))
	defer batch.Release()
	fmt.Printf("%s\n", batch.AppendJSON(nil, 0, true))
	// Output: {"client":"192.0.2.1","time":"2026-03-05T07:09:10.25Z","status":200,"duration":1500000}
}

// A mistake in a definition is shown where it is.
func ExampleFormatError() {
	_, err := sawlog.NewParser(`{"nginx": "$remote_addr $scheme$host"}`)
	var wrong *sawlog.FormatError
	if errors.As(err, &wrong) {
		fmt.Println(wrong.Message)
		fmt.Println("at byte", wrong.Offset)
	}
	// Output:
	// $scheme and $host stand side by side: nothing tells where one ends and the other begins
	// at byte 20
}

// A line that does not fit is kept, with the place where it came from.
func ExampleBatch_rejects() {
	parser, err := sawlog.NewParser("combined")
	if err != nil {
		panic(err)
	}
	batch := parser.Parse([]byte(accessLog))
	defer batch.Release()
	for i := range batch.Rejects() {
		reject := batch.Reject(i)
		fmt.Printf("line %d, byte %d: %s: %s\n", reject.Line, reject.Offset, reject.Fault, reject.Raw)
	}
	fmt.Println(int64(batch.Len()+batch.Rejects())+batch.Continuations() == batch.Lines())
	// Output:
	// line 3, byte 196: no_match: Server restarted
	// true
}

// Explain says where a line stops to fit and what was expected there.
func ExampleParser_Explain() {
	parser, err := sawlog.NewParser("common")
	if err != nil {
		panic(err)
	}
	check := parser.Explain([]byte(`192.0.2.1 - - [05/Mar/2026:08:09:10 +0000] "GET / HTTP/1.1" ok 512`))
	fmt.Println(check.Fault, check.Element, check.Column, check.Offset)
	// Output: bad_value %>s status 60
}

// Without a definition the format is detected.
func ExampleDetect() {
	detection := sawlog.Detect([]byte(strings.Repeat(`{"level":"info","message":"ready","port":8080}`+"\n", 3)))
	fmt.Println(detection.Format, detection.Confidence)
	// Output: json 1
}

// A log on disk, batch by batch.
func ExampleOpen() {
	err := func() error {
		reader, err := sawlog.Open("testdata/example.log.gz", sawlog.Options{}) // the format is detected, the file unpacked
		if err != nil {
			return err
		}
		defer reader.Close()
		for batch, err := range reader.Batches() {
			if err != nil {
				return err
			}
			for row, status := range batch.Column("status").Ints() {
				if status >= 500 {
					fmt.Println(batch.Column("time").Time(row), batch.Column("target").Text(row))
				}
			}
			for i := range batch.Rejects() {
				reject := batch.Reject(i)
				fmt.Printf("line %d: %s: %s\n", reject.Line, reject.Fault, reject.Raw)
			}
			batch.Release()
		}
		return nil
	}()
	fmt.Println(err)
	// Output:
	// 2026-03-05 08:09:12 +0000 UTC /missing
	// line 3: no_match: Server restarted
	// <nil>
}

// A reader can be given up for a while, here because nothing comes, and read on.
func ExampleReader_NextContext() {
	pipe, writer := io.Pipe()
	reader, err := sawlog.OpenReader(pipe, sawlog.Options{Format: "combined"})
	if err != nil {
		panic(err)
	}
	defer reader.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	_, err = reader.NextContext(ctx)
	fmt.Println(err)

	go func() {
		io.WriteString(writer, accessLog)
		writer.Close()
	}()
	batch, err := reader.Next()
	fmt.Println(batch.Len(), batch.Rejects(), err)
	batch.Release()
	_, err = reader.Next()
	fmt.Println(err)
	// Output:
	// context deadline exceeded
	// 3 1 <nil>
	// EOF
}

// The program of the package comment is ExampleOpen: a line that is changed in one of them is changed in the other.
func TestPackageCommentIsAnExample(t *testing.T) {
	comment, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	example, err := os.ReadFile("example_test.go")
	require.NoError(t, err)
	lines := 0
	for line := range strings.Lines(string(comment)) {
		if code, ok := strings.CutPrefix(line, "//\t"); ok {
			lines++
			assert.Contains(t, string(example), strings.Replace(code, "access.log.gz", "testdata/example.log.gz", 1))
		}
	}
	assert.Greater(t, lines, 10)
}

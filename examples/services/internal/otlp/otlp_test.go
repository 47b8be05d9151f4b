package otlp

import (
	"encoding/hex"
	"fmt"
	"math"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	collector "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	logs "go.opentelemetry.io/proto/otlp/logs/v1"
	resourcepb "go.opentelemetry.io/proto/otlp/resource/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/sawlog/sawlog/examples/services/internal/store"
)

const request = `{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeLogs":[{"scope":{"name":"cart"},"logRecords":[
 {"timeUnixNano":"1772704800000000005","severityNumber":17,"severityText":"ERROR","body":{"stringValue":"it <broke>"},"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","new":1,
  "attributes":[{"key":"n","value":{"intValue":"9007199254740993"}},{"key":"list","value":{"arrayValue":{"values":[{"boolValue":true},{"doubleValue":1.5}]}}},{"key":"o","value":{"kvlistValue":{"values":[{"key":"b","value":{"bytesValue":"AAE="}}]}}}]},
 {"observedTimeUnixNano":"1772704800000000005","body":{"kvlistValue":{"values":[{"key":"a","value":{"intValue":"1"}}]}}}]}]}]}`

func TestParse(t *testing.T) {
	fromJSON, err := Parse([]byte(request), true)
	require.NoError(t, err)
	text, err := proto.Marshal(fromJSON)
	require.NoError(t, err)
	r, err := Parse(text, false)
	require.NoError(t, err)
	require.True(t, proto.Equal(fromJSON, r))

	resource := r.ResourceLogs[0]
	assert.Equal(t, "shop", Source(resource))
	assert.Empty(t, BodyFormat(resource))
	records := resource.ScopeLogs[0].LogRecords
	about, err := NewAbout(resource, "cart")
	require.NoError(t, err)
	fields, err := about.Fields(records[0])
	require.NoError(t, err)
	assert.JSONEq(t, `{"message":"it <broke>","n":9007199254740993,"list":[true,1.5],"o":{"b":"AAE="},"resource":{"service.name":"shop"},"scope":"cart",
		"trace_id":"5b8efff798038103d269b633813fc60c","span_id":"eee19b7ec3c1b174"}`, string(fields))
	assert.Contains(t, string(fields), "9007199254740993", "every digit")
	at := time.Unix(1772704800, 5).UTC()
	assert.Equal(t, store.Record{Time: at, Format: "otlp", Level: "ERROR", Severity: 3}, Record(records[0]))
	assert.Equal(t, store.Record{Time: at, Format: "otlp", Severity: store.NoSeverity}, Record(records[1]))
	noScope, err := NewAbout(resource, "")
	require.NoError(t, err)
	fields, err = noScope.Fields(records[1])
	require.NoError(t, err)
	assert.JSONEq(t, `{"body":{"a":1},"resource":{"service.name":"shop"}}`, string(fields))
	members, err := about.Members(records[1])
	require.NoError(t, err)
	assert.Equal(t, `"resource":{"service.name":"shop"},"scope":"cart",`, string(members))

	for _, bad := range []string{"", "{", "[]", `{"resourceLogs":1}`} {
		_, err := Parse([]byte(bad), true)
		require.Error(t, err, bad)
	}
	_, err = Parse([]byte("\xff\xff"), false)
	require.Error(t, err)
}

// TestNumbersWithoutQuotes: JSON of protobuf has 64 bits in quotes, and takes them without; then too no digit is lost.
func TestNumbersWithoutQuotes(t *testing.T) {
	const inQuotes = `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1772704800123456789","attributes":[
		{"key":"n","value":{"intValue":"9007199254740993"}},{"key":"least","value":{"intValue":"-9223372036854775808"}},{"key":"d","value":{"doubleValue":0.1}}]}]}]}]}`
	want, err := Parse([]byte(inQuotes), true)
	require.NoError(t, err)
	got, err := Parse([]byte(regexp.MustCompile(`"(-?\d+)"`).ReplaceAllString(inQuotes, "$1")), true)
	require.NoError(t, err)
	assert.True(t, proto.Equal(want, got), got)
	assert.Equal(t, 123456789, Time(got.ResourceLogs[0].ScopeLogs[0].LogRecords[0]).Nanosecond())
}

// TestIDs are hexadecimal in OTLP's JSON, in any case; those of protobuf's are taken too.
func TestIDs(t *testing.T) {
	const hexadecimal = "5b8efff798038103d269b633813fc60c"
	for name, text := range map[string]string{"as OTLP has them": hexadecimal, "in capitals": strings.ToUpper(hexadecimal), "as protobuf has them": "W47/95gDgQPSabYzgT/GDA=="} {
		r, err := Parse([]byte(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"traceId":"`+text+`"}]}]}]}`), true)
		require.NoError(t, err)
		assert.Equal(t, hexadecimal, hex.EncodeToString(r.ResourceLogs[0].ScopeLogs[0].LogRecords[0].TraceId), name)
	}
}

// lives is how much memory is in use. What pools hold goes with the second collection.
func lives() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestWeight is at least what a request takes in memory: what is little to send may be much to hold.
func TestWeight(t *testing.T) {
	const many = 10_000
	some := func(record func() *logs.LogRecord) *collector.ExportLogsServiceRequest {
		list := make([]*logs.LogRecord, many)
		for i := range list {
			list[i] = record()
		}
		return &collector.ExportLogsServiceRequest{ResourceLogs: []*logs.ResourceLogs{{ScopeLogs: []*logs.ScopeLogs{{LogRecords: list}}}}}
	}
	for name, record := range map[string]func() *logs.LogRecord{
		"nothing": func() *logs.LogRecord { return &logs.LogRecord{} },
		"attributes": func() *logs.LogRecord {
			return &logs.LogRecord{Attributes: []*common.KeyValue{{Value: &common.AnyValue{}}, {Value: &common.AnyValue{}}}}
		},
		"a text": func() *logs.LogRecord {
			return &logs.LogRecord{Body: &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: strings.Repeat("text", 100)}}}
		},
	} {
		for _, asJSON := range []bool{false, true} {
			t.Run(fmt.Sprint(name, asJSON), func(t *testing.T) {
				body, err := proto.Marshal(some(record))
				if asJSON {
					body, err = protojson.Marshal(some(record))
				}
				require.NoError(t, err)
				before := lives()
				r, err := Parse(body, asJSON)
				require.NoError(t, err)
				takes := lives() - before
				runtime.KeepAlive(r)
				runtime.KeepAlive(body)
				weight := Weight(body, asJSON)
				assert.GreaterOrEqual(t, weight, takes*3/4, "about")
				assert.Less(t, weight, 4*takes)
			})
		}
	}
	for _, damaged := range []string{"\x0a\xff", "\xff", "\x0a\x02\x12"} {
		assert.Less(t, Weight([]byte(damaged), false), int64(1000))
	}
}

func TestOddValues(t *testing.T) {
	deep := &common.AnyValue{Value: &common.AnyValue_IntValue{IntValue: 1}}
	for range 1000 {
		deep = &common.AnyValue{Value: &common.AnyValue_ArrayValue{ArrayValue: &common.ArrayValue{Values: []*common.AnyValue{deep}}}}
	}
	l := &logs.LogRecord{TimeUnixNano: math.MaxUint64, Attributes: []*common.KeyValue{
		{Key: "deep", Value: deep}, {Key: "nan", Value: &common.AnyValue{Value: &common.AnyValue_DoubleValue{DoubleValue: math.NaN()}}}, {Key: "none"},
	}}
	about, err := NewAbout(&logs.ResourceLogs{}, "")
	require.NoError(t, err)
	fields, err := about.Fields(l)
	require.NoError(t, err)
	assert.Contains(t, string(fields), `"nan":"NaN"`)
	assert.Zero(t, Time(l))
	for n, want := range map[int]int{-1: -1, 0: -1, 1: 7, 8: 7, 9: 6, 13: 4, 17: 3, 21: 2, 24: 2, 25: -1} {
		assert.Equal(t, want, severity(n), n)
	}
}

// TestNamesThatAreTaken: what the resource, the scope and the trace say wins against attributes of these names; without them, nothing is lost.
func TestNamesThatAreTaken(t *testing.T) {
	text := func(s string) *common.AnyValue {
		return &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: s}}
	}
	var list []*common.KeyValue
	for _, name := range []string{"resource", "scope", "trace_id", "span_id", "message"} {
		list = append(list, &common.KeyValue{Key: name, Value: text("attribute")})
	}
	resource := &logs.ResourceLogs{Resource: &resourcepb.Resource{Attributes: []*common.KeyValue{{Key: "a", Value: text("b")}}}}
	for _, c := range []struct {
		resource *logs.ResourceLogs
		scope    string
		record   *logs.LogRecord
		want     string
	}{
		{&logs.ResourceLogs{}, "", &logs.LogRecord{}, `{}`},
		{resource, "s", &logs.LogRecord{}, `{"resource":{"a":"b"},"scope":"s"}`},
		{&logs.ResourceLogs{}, "", &logs.LogRecord{Attributes: list}, `{"resource":"attribute","scope":"attribute","trace_id":"attribute","span_id":"attribute","message":"attribute"}`},
		{&logs.ResourceLogs{}, "", &logs.LogRecord{EventName: `device "a"`}, `{"event_name":"device \"a\""}`},
		{resource, "s", &logs.LogRecord{Attributes: list, Body: text("m"), TraceId: []byte("0123456789abcdef"), SpanId: []byte("01234567")},
			`{"resource":{"a":"b"},"scope":"s","trace_id":"30313233343536373839616263646566","span_id":"3031323334353637","message":"m"}`},
	} {
		about, err := NewAbout(c.resource, c.scope)
		require.NoError(t, err)
		for range 2 { // what they have in common is not written to
			fields, err := about.Fields(c.record)
			require.NoError(t, err)
			assert.JSONEq(t, c.want, string(fields))
		}
	}
}

// deep is a body of about so many bytes that is lists in lists, and nothing else. Each has a list and a value around what is in it.
func deep(size int) []byte {
	text := make([]byte, size+64) // written from its end
	at := len(text) - 2
	copy(text[at:], "\x18\x01") // the value 1
	wrap := func(field protowire.Number) {
		head := protowire.AppendVarint(protowire.AppendTag(nil, field, protowire.BytesType), uint64(len(text)-at))
		at -= len(head)
		copy(text[at:], head)
	}
	for len(text)-at < size {
		wrap(1) // values of a list
		wrap(5) // a list as value
	}
	for _, field := range []protowire.Number{5, 2, 2, 1} { // body, log_records, scope_logs, resource_logs
		wrap(field)
	}
	return text[at:]
}

// TestADeepBody is refused as one that is no export: millions of lists in lists are some megabytes, and their count ended the whole process.
func TestADeepBody(t *testing.T) {
	body := deep(16 << 20)
	assert.LessOrEqual(t, Weight(body, false), int64(len(body)+messageMemory*parseDepth))
	_, err := Parse(body, false)
	require.ErrorContains(t, err, "not an export of logs")
	request, err := Parse(deep(100), false)
	require.NoError(t, err)
	about, err := NewAbout(request.GetResourceLogs()[0], "")
	require.NoError(t, err)
	fields, err := about.Fields(request.GetResourceLogs()[0].GetScopeLogs()[0].GetLogRecords()[0])
	require.NoError(t, err)
	assert.Contains(t, string(fields), "[[[[1]]]]")
}

// Package otlp reads log records as OpenTelemetry's exporters send them by OTLP/HTTP, in protobuf or JSON.
package otlp

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/goccy/go-json"
	collector "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	logs "go.opentelemetry.io/proto/otlp/logs/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/sawlog/sawlog/examples/services/internal/store"
)

// Parse reads a request; what it does not know it skips, as OTLP asks.
func Parse(body []byte, asJSON bool) (*collector.ExportLogsServiceRequest, error) {
	var r collector.ExportLogsServiceRequest
	var err error
	if asJSON {
		err = protojson.UnmarshalOptions{DiscardUnknown: true}.Unmarshal(body, &r)
		unhex(&r)
	} else {
		err = proto.Unmarshal(body, &r)
	}
	if err != nil {
		return nil, fmt.Errorf("not an export of logs: %w", err)
	}
	return &r, nil
}

// Answer is the empty answer of success.
func Answer(asJSON bool) []byte {
	if asJSON {
		return []byte("{}")
	}
	return nil // an empty message has no bytes
}

// unhex undoes what protobuf's JSON makes of the two fields that OTLP's JSON writes in hexadecimal: it takes all bytes for base64.
func unhex(r *collector.ExportLogsServiceRequest) {
	for _, resource := range r.GetResourceLogs() {
		for _, scope := range resource.GetScopeLogs() {
			for _, l := range scope.GetLogRecords() {
				l.TraceId, l.SpanId = unhexID(l.GetTraceId()), unhexID(l.GetSpanId())
			}
		}
	}
}

func unhexID(id []byte) []byte {
	if text, err := hex.DecodeString(base64.StdEncoding.EncodeToString(id)); err == nil {
		return text
	}
	return id // it was base64
}

// Weight is about how much memory a request takes when it has been parsed: an empty message is two bytes to send, and much more to hold.
func Weight(body []byte, asJSON bool) int64 {
	if asJSON {
		return int64(len(body)) + messageMemory*int64(bytes.Count(body, []byte("{")))
	}
	return int64(len(body)) + messageMemory*messages((*collector.ExportLogsServiceRequest)(nil).ProtoReflect().Descriptor(), body, parseDepth)
}

// parseDepth is how deep messages in messages may be for Parse, as protobuf's own limit is. Nobody needs it, but a body of some megabytes can be millions
// deep, which no stack has room for.
const parseDepth = 10_000

// messageMemory is of a message of any kind, without its texts: a record has 200 bytes, a value 100.
const messageMemory = 160

// messages counts the messages in one of a kind, but not deeper than that.
func messages(kind protoreflect.MessageDescriptor, body []byte, depth int) (n int64) {
	for len(body) > 0 && depth > 0 {
		number, wire, size := protowire.ConsumeTag(body)
		if size < 0 { // damaged: Parse says so
			return n
		}
		body = body[size:]
		if wire != protowire.BytesType {
			size = protowire.ConsumeFieldValue(number, wire, body)
		} else {
			var value []byte
			value, size = protowire.ConsumeBytes(body)
			if f := kind.Fields().ByNumber(number); f != nil && f.Kind() == protoreflect.MessageKind {
				n += 1 + messages(f.Message(), value, depth-1)
			}
		}
		if size < 0 {
			return n
		}
		body = body[size:]
	}
	return n
}

// Source is the sender by its resource: service.name, or "otlp".
func Source(r *logs.ResourceLogs) string {
	if v := attribute(r.GetResource().GetAttributes(), "service.name"); v != "" {
		return v
	}
	return "otlp"
}

// FormatKey is the attribute of a resource that names the format of its records' bodies, which are then parsed.
const FormatKey = "sawlog.format"

// BodyFormat is the format of a resource's bodies, "" when they are to be kept as they are.
func BodyFormat(r *logs.ResourceLogs) string {
	return attribute(r.GetResource().GetAttributes(), FormatKey)
}

func attribute(list []*common.KeyValue, key string) string {
	for _, kv := range list {
		if kv.GetKey() == key {
			return kv.GetValue().GetStringValue()
		}
	}
	return ""
}

// Record is what the store keeps of a log record, but for its fields.
func Record(l *logs.LogRecord) store.Record {
	return store.Record{Time: Time(l), Format: "otlp", Level: l.GetSeverityText(), Severity: severity(int(l.GetSeverityNumber()))}
}

// Time is when it happened, else when it was seen, else the zero time.
func Time(l *logs.LogRecord) time.Time {
	for _, n := range []uint64{l.GetTimeUnixNano(), l.GetObservedTimeUnixNano()} {
		if n > 0 && n < 1<<63 {
			return time.Unix(0, int64(n)).UTC()
		}
	}
	return time.Time{}
}

// severity turns OTLP's 1 to 24 into RFC 5424's.
func severity(n int) int {
	switch {
	case n <= 0 || n > 24:
		return store.NoSeverity
	case n <= 8: // TRACE, DEBUG
		return 7
	case n <= 12: // INFO
		return 6
	case n <= 16: // WARN
		return 4
	case n <= 20: // ERROR
		return 3
	}
	return 2 // FATAL
}

// About is what the records of one resource and scope have in common, as the members of a JSON object: made once for all of them.
type About struct {
	names   []string
	members []byte // "resource":{...},"scope":"...", each with a comma behind it
}

// NewAbout reads a resource and the name of a scope.
func NewAbout(resource *logs.ResourceLogs, scope string) (About, error) {
	var a About
	if list := resource.GetResource().GetAttributes(); len(list) > 0 {
		text, err := json.Marshal(object(list, 0))
		if err != nil {
			return a, err
		}
		a.names, a.members = append(a.names, "resource"), fmt.Appendf(a.members, `"resource":%s,`, text)
	}
	if scope != "" {
		text, err := json.Marshal(scope)
		if err != nil {
			return a, err
		}
		a.names, a.members = append(a.names, "scope"), fmt.Appendf(a.members, `"scope":%s,`, text)
	}
	return a, nil
}

// common begins a record's members: the resource, the scope, the event's name, trace_id and span_id, each with a comma behind it. They win
// against attributes of the same names.
func (a About) common(l *logs.LogRecord, attributes map[string]any) []byte {
	for _, name := range a.names {
		delete(attributes, name)
	}
	members := append(make([]byte, 0, len(a.members)+256), a.members...)
	if name := l.GetEventName(); name != "" {
		if text, err := json.Marshal(name); err == nil { // a string always has JSON
			delete(attributes, "event_name")
			members = fmt.Appendf(members, `"event_name":%s,`, text)
		}
	}
	if id := l.GetTraceId(); len(id) == 16 {
		delete(attributes, "trace_id")
		members = fmt.Appendf(members, `"trace_id":"%x",`, id)
	}
	if id := l.GetSpanId(); len(id) == 8 {
		delete(attributes, "span_id")
		members = fmt.Appendf(members, `"span_id":"%x",`, id)
	}
	return members
}

// Fields is a record as a JSON object: its attributes, and message (or body, when that is no text), resource, scope, event_name,
// trace_id and span_id.
func (a About) Fields(l *logs.LogRecord) ([]byte, error) {
	fields := object(l.GetAttributes(), 0)
	members := append([]byte{'{'}, a.common(l, fields)...)
	if text, isText := l.GetBody().GetValue().(*common.AnyValue_StringValue); isText {
		fields["message"] = text.StringValue
	} else if l.GetBody() != nil {
		fields["body"] = plain(l.GetBody(), 0)
	}
	rest, err := json.Marshal(fields)
	if err != nil {
		return nil, err
	}
	if len(fields) == 0 {
		return append(bytes.TrimSuffix(members, []byte(",")), '}'), nil
	}
	return append(members, rest[1:]...), nil
}

// Members is what an envelope adds to a body that is parsed.
func (a About) Members(l *logs.LogRecord) ([]byte, error) {
	members := a.common(l, nil)
	if len(l.GetAttributes()) > 0 {
		text, err := json.Marshal(object(l.GetAttributes(), 0))
		if err != nil {
			return nil, err
		}
		members = fmt.Appendf(members, `"attributes":%s,`, text)
	}
	return members, nil
}

// maxDepth is how deep values may nest; what is deeper is left out.
const maxDepth = 32

func object(list []*common.KeyValue, depth int) map[string]any {
	o := make(map[string]any, len(list)+4)
	for _, kv := range list {
		o[kv.GetKey()] = plain(kv.GetValue(), depth+1)
	}
	return o
}

func plain(v *common.AnyValue, depth int) any {
	if depth > maxDepth {
		return nil
	}
	switch x := v.GetValue().(type) {
	case *common.AnyValue_StringValue:
		return x.StringValue
	case *common.AnyValue_BoolValue:
		return x.BoolValue
	case *common.AnyValue_IntValue:
		return x.IntValue
	case *common.AnyValue_DoubleValue:
		if _, err := json.Marshal(x.DoubleValue); err != nil { // NaN and infinities have no JSON
			return fmt.Sprint(x.DoubleValue)
		}
		return x.DoubleValue
	case *common.AnyValue_BytesValue:
		return x.BytesValue // as base64
	case *common.AnyValue_ArrayValue:
		list := make([]any, len(x.ArrayValue.GetValues()))
		for i, e := range x.ArrayValue.GetValues() {
			list[i] = plain(e, depth+1)
		}
		return list
	case *common.AnyValue_KvlistValue:
		return object(x.KvlistValue.GetValues(), depth)
	}
	return nil
}

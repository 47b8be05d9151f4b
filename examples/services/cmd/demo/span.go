package main

import (
	"fmt"
	"strings"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"
)

// span is what the demo shows of one.
type span struct {
	id, parent, name string
	start            time.Time
	took             time.Duration
	about            string
}

func spansOf(body []byte) (spans []span) {
	var request collector.ExportTraceServiceRequest
	if proto.Unmarshal(body, &request) != nil {
		return nil
	}
	for _, r := range request.ResourceSpans {
		for _, scope := range r.ScopeSpans {
			for _, s := range scope.Spans {
				var about []string
				for _, a := range s.Attributes {
					if strings.HasPrefix(a.Key, "http.response") || strings.HasPrefix(a.Key, "loggate.") || strings.HasPrefix(a.Key, "db.") {
						about = append(about, fmt.Sprintf("%s=%v%v", a.Key, nonZero(a.Value.GetIntValue()), strings.Join(strings.Fields(a.Value.GetStringValue()), " ")))
					}
				}
				spans = append(spans, span{id: string(s.SpanId), parent: string(s.ParentSpanId), name: s.Name, start: time.Unix(0, int64(s.StartTimeUnixNano)),
					took: time.Duration(s.EndTimeUnixNano - s.StartTimeUnixNano), about: strings.Join(about, " ")})
			}
		}
	}
	return spans
}

func nonZero(n int64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

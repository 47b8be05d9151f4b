package ndjson

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

const twoResources = `{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"caf\u00e9"}},{"key":"n","value":{"intValue":"7"}}]},"scopeLogs":[` +
	`{"scope":{"name":"a"},"logRecords":[{"body":{"stringValue":"1"}},{"body":{"intValue":"2"},"attributes":[{"key":"k","value":{"bytesValue":"AA=="}}]}]},` +
	`{"logRecords":[{"body":{"arrayValue":{}}},5,null]}]},{"scopeLogs":[{"scope":{"name":"b"},"logRecords":[{"severityNumber":17,"severityText":"x"}]}]},7,{}]}`

func otlpRows(t testing.TB, o OTLPOptions, text string) (*record.Batch, []string) {
	p, err := CompileOTLP(o)
	require.NoError(t, err)
	b := record.NewBuilder(p.Schema(), record.Heap, Present)
	b.Start(1)
	data := append([]byte(text), make([]byte, scan.Slack)...)
	b.Begin(data, len(text), false)
	p.NewWorker().Parse(b, data, len(text))
	batch := b.Finish()
	return batch, rows(batch)
}

func TestOTLP(t *testing.T) {
	batch, got := otlpRows(t, OTLPOptions{}, "x\n"+twoResources+"\n{\"resourceLogs\":[]}\n{\"resourceLogs\":{}}\n"+`{"resource_logs":[{"scope_logs":[{"log_records":[{"severity_text":"warn"}]}]}]}`+"\n\n")
	want := []string{
		`{"message":"1","scope":"a","app":"café","resource":{"service.name":"café","n":"7"}}`,
		`{"message":"2","scope":"a","app":"café","attributes":{"k":"AA=="},"resource":{"service.name":"café","n":"7"}}`,
		`{"message":"[]","app":"café","resource":{"service.name":"café","n":"7"}}`,
		`{"level":"x","severity":3,"severity_number":17,"scope":"b"}`,
		`{"level":"warn","severity":4}`,
	}
	require.Len(t, got, len(want)+3) // and the rejects
	for i := range want {
		assert.JSONEq(t, want[i], got[i])
	}
	assert.Equal(t, int64(6), batch.Lines())
	require.Equal(t, 3, batch.Rejects())
	for i, want := range []string{"1 bad_json", "4 no_match", "6 empty"} {
		r := batch.Reject(i)
		assert.Equal(t, want, fmt.Sprint(r.Line, " ", r.Fault), i)
	}
	_, got = otlpRows(t, OTLPOptions{Columns: []string{"text", "scope"}, Rename: map[string]string{"message": "text"}}, twoResources+"\n")
	assert.JSONEq(t, `{"text":"1","scope":"a"}`, got[0])
	_, err := CompileOTLP(OTLPOptions{Columns: []string{"x"}})
	assert.ErrorContains(t, err, `no field "x"`)
	_, err = CompileOTLP(OTLPOptions{Rename: map[string]string{"app": "host"}})
	assert.ErrorContains(t, err, "host")
	batch, _ = otlpRows(t, OTLPOptions{Line: 20, Reject: true}, twoResources+"\n\xff\n")
	assert.Equal(t, "too_long", batch.Reject(0).Fault.String())
	assert.Equal(t, "bad_utf8", batch.Reject(1).Fault.String())
}

// What is nested in a value is JSON, whatever the writer has left out or put into quotes.
func TestNestedValuesOfOTLPAreJSON(t *testing.T) {
	for value, want := range map[string]string{
		`{"kvlistValue":{"values":[{"key":"a","value":{"intValue":"1"}},{"value":{"stringValue":"v"}}]}}`:     `{"a":1,"":"v"}`,
		`{"kvlistValue":{"values":[{"key":5,"value":{"boolValue":true}}]}}`:                                   `{"":true}`,
		`{"arrayValue":{"values":[{"doubleValue":"NaN"},{"doubleValue":"-Infinity"},{"doubleValue":"1e3"}]}}`: `["NaN","-Infinity",1e3]`,
		`{"arrayValue":{"values":[{"intValue":"-12"},{"intValue":"1 2"},{"intValue":"a\"b"},{}]}}`:            `[-12,"1 2","a\"b",null]`,
		`{"doubleValue":"NaN"}`: `NaN`,
	} {
		batch, _ := otlpRows(t, OTLPOptions{}, `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":`+value+`}]}]}]}`+"\n")
		assert.Equal(t, want, batch.Column("message").Text(0), value)
	}
}

// A line costs time and memory in proportion to its length, whatever its resource says.
func TestOTLPIsLinear(t *testing.T) {
	line := func(attributes, records int) string {
		return `{"resourceLogs":[{"resource":{"attributes":[` + strings.TrimSuffix(strings.Repeat(`{"key":"k","value":{"intValue":1}},`, attributes), ",") + `]},"scopeLogs":[{"logRecords":[` +
			strings.TrimSuffix(strings.Repeat(`{},`, records), ",") + `]}]}]}` + "\n"
	}
	batch, got := otlpRows(t, OTLPOptions{}, line(20000, 20000))
	assert.Len(t, got, 20000)
	assert.Equal(t, 128, strings.Count(got[0], `"k"`))
	assert.Equal(t, int64(1), batch.Lines())
}

func FuzzOTLP(f *testing.F) {
	f.Add([]byte(twoResources))
	f.Add([]byte(`{"resourceLogs":[{"resource":[],"scopeLogs":[[{"scope":{"name":5},"logRecords":[{"body":"x","attributes":[{"key":5},{"value":{}}]}]}]]}]}`))
	f.Add([]byte(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"kvlistValue":{"values":[{"key":"a"},{"value":{"arrayValue":{"values":[1,"x",{}]}}}]}}}]}]}]}` + "\n{}\n"))
	p, err := CompileOTLP(OTLPOptions{Line: 5000})
	require.NoError(f, err)
	w := p.NewWorker()
	f.Fuzz(func(t *testing.T, text []byte) {
		text = append(text, '\n')
		n := len(text)
		data := append(text, make([]byte, scan.Slack)...)
		b := record.NewBuilder(p.Schema(), record.Heap, Present)
		b.Start(1)
		b.Begin(data, n, false)
		w.Parse(b, data, n)
		batch := b.Finish()
		defer batch.Release()
		assert.Equal(t, int64(scan.Newlines(data[:n])), batch.Lines())
		rows(batch)
		for i := range batch.Rejects() {
			assert.False(t, w.Explain(batch.Reject(i).Raw).OK && batch.Reject(i).Fault != record.TooLong)
		}
	})
}

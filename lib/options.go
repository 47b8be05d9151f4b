package sawlog

import (
	"time"

	"github.com/sawlog/sawlog/lib/record"
)

// Options say how to read a log: the keys of a definition and those of reading it, together. The zero value detects the format and
// uses every core. The JSON tags are the keys of definitions, of .fmt files and of the options in C, Python and Node.js.
//
// At most one of the fields from Format up to Formats is set: it says how records are read. Without one the format is detected.
type Options struct {
	// Format is a built-in format by name ("combined", see Formats), or "auto".
	Format string `json:"format,omitempty" sawlog:"how"`
	// Nginx is the format string of an nginx log_format.
	Nginx string `json:"nginx,omitempty" sawlog:"how"`
	// Apache is the format string of an Apache LogFormat.
	Apache string `json:"apache,omitempty" sawlog:"how"`
	// JSON reads one JSON object a line.
	JSON *JSONOptions `json:"json,omitempty" sawlog:"how"`
	// Logfmt reads key=value pairs.
	Logfmt *LogfmtOptions `json:"logfmt,omitempty" sawlog:"how"`
	// Dissect is a pattern of literals and %{fields}, as in Logstash and Elasticsearch.
	Dissect string `json:"dissect,omitempty" sawlog:"how"`
	// Loki is a pattern of literals and <fields>.
	Loki string `json:"loki,omitempty" sawlog:"how"`
	// LogsQL is the pattern of VictoriaLogs' extract.
	LogsQL string `json:"logsql,omitempty" sawlog:"how"`
	// GoAccess is a goaccess log-format, alone or with its date and time formats.
	GoAccess *GoAccessOptions `json:"goaccess,omitempty" sawlog:"how"`
	// Tomcat is the pattern of Tomcat's access log.
	Tomcat string `json:"tomcat,omitempty" sawlog:"how"`
	// Undertow is the pattern of an access log of Undertow or Quarkus.
	Undertow string `json:"undertow,omitempty" sawlog:"how"`
	// Gunicorn is an access_log_format of Gunicorn.
	Gunicorn string `json:"gunicorn,omitempty" sawlog:"how"`
	// UWSGI is a log-format of uWSGI.
	UWSGI string `json:"uwsgi,omitempty" sawlog:"how"`
	// Squid is a logformat of Squid.
	Squid string `json:"squid,omitempty" sawlog:"how"`
	// HAProxy is a log-format of HAProxy.
	HAProxy string `json:"haproxy,omitempty" sawlog:"how"`
	// Envoy is a format string of Envoy's access log.
	Envoy string `json:"envoy,omitempty" sawlog:"how"`
	// Logback is a PatternLayout of logback or log4j.
	Logback string `json:"logback,omitempty" sawlog:"how"`
	// PythonLogging is a format of Python's logging, in its %, { or $ style.
	PythonLogging string `json:"python_logging,omitempty" sawlog:"how"`
	// Rsyslog is a template of rsyslog.
	Rsyslog string `json:"rsyslog,omitempty" sawlog:"how"`
	// Postgres is PostgreSQL's log_line_prefix.
	Postgres string `json:"postgres,omitempty" sawlog:"how"`
	// VPCFlow is the list of fields of an AWS VPC flow log.
	VPCFlow string `json:"vpc_flow,omitempty" sawlog:"how"`
	// Line is one or several patterns in the language of the built-in formats, constant text and fields with their types: "{time:timestamp}
	// {level:level} {message}". The first that fits a line wins.
	Line TextList `json:"line,omitempty" sawlog:"how"`
	// Grok is one or several grok patterns: the first that matches wins.
	Grok TextList `json:"grok,omitempty" sawlog:"how"`
	// Regex is a regular expression of RE2's syntax with named groups.
	Regex string `json:"regex,omitempty" sawlog:"how"`
	// CSV reads cells between delimiters.
	CSV *CSVOptions `json:"csv,omitempty" sawlog:"how"`
	// KeyValue reads pairs of any spelling.
	KeyValue *KeyValueOptions `json:"keyvalue,omitempty" sawlog:"how"`
	// LTSV reads label:value between tabs.
	LTSV *LTSVOptions `json:"ltsv,omitempty" sawlog:"how"`
	// W3C reads the W3C's extended format, of IIS and others.
	W3C *W3COptions `json:"w3c,omitempty" sawlog:"how"`
	// Zeek reads Zeek's tab-separated logs.
	Zeek *ZeekOptions `json:"zeek,omitempty" sawlog:"how"`
	// OTLP reads OpenTelemetry's logs in JSON, a row for each log record.
	OTLP *OTLPOptions `json:"otlp,omitempty" sawlog:"how"`
	// JournaldExport reads the journal's export format, of journalctl -o export.
	JournaldExport *JournaldExportOptions `json:"journald_export,omitempty" sawlog:"how"`
	// CEF reads ArcSight's Common Event Format.
	CEF *CEFOptions `json:"cef,omitempty" sawlog:"how"`
	// LEEF reads QRadar's Log Event Extended Format.
	LEEF *LEEFOptions `json:"leef,omitempty" sawlog:"how"`
	// Timed reads text that nobody has described: a time, perhaps a level, a message.
	Timed *TimedOptions `json:"timed,omitempty" sawlog:"how"`
	// MySQLSlow reads the slow query log of MySQL, whose records have several lines.
	MySQLSlow *MySQLSlowOptions `json:"mysql_slow,omitempty" sawlog:"how"`
	// Syslog reads syslog of RFC 3164, of RFC 5424, and what daemons write.
	Syslog *SyslogOptions `json:"syslog,omitempty" sawlog:"how"`

	// Formats are several formats whose lines stand side by side: each line belongs to the first that takes it.
	Formats FormatList `json:"formats,omitempty" sawlog:"how"`
	// Name is what the definition is called, for the column _format of a stream of several. Where Nginx or Apache is a whole configuration
	// file, the format of this name is taken from it.
	Name string `json:"name,omitempty"`

	// Fields gives fields a type: {"status": "int", "at": "timestamp %d/%b/%Y"}.
	Fields map[string]string `json:"fields,omitempty"`
	// Rename gives fields other names, before Fields: {"FROM": "TO"}. Where the fields are known, FROM must be one.
	Rename map[string]string `json:"rename,omitempty"`
	// Columns keeps only these; the work of the others is skipped.
	Columns []string `json:"columns,omitempty"`
	// Rest names the column of what may stand behind the last field: a blank and any text. For pattern languages.
	Rest string `json:"rest,omitempty"`
	// Optional is the field before which a line may end, for formats that have grown. For pattern languages.
	Optional string `json:"optional,omitempty"`
	// Stack names the column of the trace that a record of several lines (see Multiline) ends with: the other fields end before it.
	Stack string `json:"stack,omitempty"`
	// Patterns defines names for grok: {"NAME": "pattern"}; PatternFiles names files and folders of such.
	Patterns     map[string]string `json:"patterns,omitempty"`
	PatternFiles []string          `json:"pattern_files,omitempty"`
	// NamedOnly false captures %{NAME} without a field as NAME.
	NamedOnly *bool `json:"named_only,omitempty"`
	// Numbered captures the groups of a regex by number too; 0 is the whole match.
	Numbered bool `json:"numbered,omitempty"`
	// Zone is that of times without one: an IANA name or +HH:MM; UTC when empty.
	Zone string `json:"zone,omitempty"`
	// Year is that of times without one.
	Year int `json:"year,omitempty"`
	// Now (RFC 3339) is what times without year or date are placed near to; "clock" is the moment at which a line is read. Without it no
	// clock is read.
	Now string `json:"now,omitempty"`
	// FileTime stands in for Now where only the year is missing. Open and OpenFile set it to when the youngest of the files was written.
	FileTime time.Time `json:"-"`
	// Names is the vocabulary of the fields' names: "ecs", "otel" or "native" (those of the program that writes the format); ours when
	// empty. Fields and Columns may use our names or those of the vocabulary.
	Names string `json:"names,omitempty"`
	// Envelope is what carriers have put around each line: "docker_json", "cri", "syslog" ...
	Envelope EnvelopeList `json:"envelope,omitempty"`
	// Where drops the records that do not fit conditions: {"status": ">= 500"}. They are counted.
	Where Where `json:"where,omitempty"`
	// Constants adds columns that are the same in every row: {"service": "shop"}.
	Constants map[string]any `json:"constants,omitempty"`
	// URLs takes columns of addresses apart: a target into path and query, any other FIELD into FIELD_host, FIELD_path and FIELD_query.
	URLs []string `json:"urls,omitempty"`
	// Redact hides what is personal or secret, in columns and in the raw text of rejects: "email", "ip", "card", "token", or rules.
	Redact RedactList `json:"redact,omitempty"`
	// Strict refuses what a writer may leave out or add: csv rows of another width, CEF pairs out of place.
	Strict bool `json:"strict,omitempty"`
	// Framing tells records apart: "lf" (a line each, the default; CR LF too), "nul" (a zero byte behind each), "octet-counting" (its
	// length in front of each, RFC 6587), "auto" (octet counting and lines, mixed) or "json-seq" (RFC 7464).
	Framing string `json:"framing,omitempty"`
	// Multiline joins lines to records.
	Multiline *MultilineOptions `json:"multiline,omitempty"`
	// StripANSI leaves out the control sequences of terminals: colours and the like.
	StripANSI bool `json:"strip_ansi,omitempty"`
	// Encoding of the log: "utf-8" (the default, which is also UTF-16 where the log begins with its byte order mark), "utf-16le",
	// "utf-16be", "latin1" or "windows-1252". It is decoded to UTF-8 first: offsets are those of the decoded text.
	Encoding string `json:"encoding,omitempty"`
	// Meta adds columns that say where a record stands: "line" (column _line, from 1), "offset" (_offset, in bytes), "raw" (_raw, its text)
	// and "source" (_source, the name of the input).
	Meta []string `json:"meta,omitempty"`
	// UTF8 says what invalid UTF-8 in texts becomes: "replace" (U+FFFD, the default), "bytes" (columns of bytes) or "reject" (the line).
	UTF8 string `json:"utf8,omitempty"`
	// SampleRecords and SampleBytes bound the beginning of a stream in which the format or the columns are found, where the log decides them:
	// 1,024 records or 1 MiB. Of a live stream nothing comes before that.
	SampleRecords int `json:"sample_records,omitempty"`
	SampleBytes   int `json:"sample_bytes,omitempty"`
	// Limits bound what one input can cost.
	Limits *Limits `json:"limits,omitempty"`

	// The fields from here up to SourceName say how to read, the others are the definition.

	// Threads is the number of workers; 0: all cores.
	Threads int `json:"threads,omitempty" sawlog:"reading"`
	// BlockSize is about how many bytes are parsed at a time; 0: 384 KiB.
	BlockSize int `json:"block_size,omitempty" sawlog:"reading"`
	// Codec of the input: "auto" (by its first bytes, the default), "none", "gzip", "zstd" or "bzip2". Several compressed pieces, one behind
	// the other, are one input, with zeros between or behind them; anything else behind them is an error that says where it begins, after
	// all that came before.
	Codec string `json:"codec,omitempty" sawlog:"reading"`
	// SourceName is the name of an input that is no path: of OpenReader and OpenFile, or a descriptor in other languages. Errors, Sources and the
	// column _source say it.
	SourceName string `json:"source_name,omitempty" sawlog:"reading"`

	// Allocator gives the memory of blocks and batches; nil: Go's heap.
	Allocator Allocator `json:"-"`
}

// JSONOptions are those of the json engine.
type JSONOptions struct {
	// Document: the whole input is one record. A root that is no object is the field "value".
	Document bool `json:"document,omitempty"`
	// Flatten: rows show nested members under dotted names, as columns do.
	Flatten bool `json:"flatten,omitempty"`
	// SampleRecords and SampleBytes bound what the schema is inferred from: 1,024 records or 1 MiB, whichever comes first. Of a live
	// stream nothing comes before that.
	SampleRecords int `json:"sample_records,omitempty"`
	SampleBytes   int `json:"sample_bytes,omitempty"`
}

// LogfmtOptions are those of the logfmt engine.
type LogfmtOptions struct {
	// Pairs: a line of bare keys alone is no match. Else it is a record, in which they are true.
	Pairs bool `json:"pairs,omitempty"`
	// SampleRecords and SampleBytes are as in JSONOptions.
	SampleRecords int `json:"sample_records,omitempty"`
	SampleBytes   int `json:"sample_bytes,omitempty"`
}

// TextList is a list of texts; in JSON one text stands for a list of one.
type TextList []string

// GoAccessOptions are a log-format of goaccess; in JSON a text stands for LogFormat.
type GoAccessOptions struct {
	LogFormat  string `json:"log_format,omitempty" sawlog:"text"`
	DateFormat string `json:"date_format,omitempty"`
	TimeFormat string `json:"time_format,omitempty"`
}

// CSVOptions are those of the csv engine.
type CSVOptions struct {
	// Delimiter is one character; empty: the one that fits the beginning of the input best.
	Delimiter string `json:"delimiter,omitempty"`
	// Header tells whether the first line names the columns; nil: where it looks like it.
	Header *bool `json:"header,omitempty"`
	// Columns names the columns, where no header does.
	Columns []string `json:"columns,omitempty"`
	// Backslash: inside quotes a backslash escapes.
	Backslash bool `json:"backslash,omitempty"`
	// SampleRecords and SampleBytes are as in JSONOptions.
	SampleRecords int `json:"sample_records,omitempty"`
	SampleBytes   int `json:"sample_bytes,omitempty"`
}

// KeyValueOptions are those of the keyvalue engine.
type KeyValueOptions struct {
	// KeyValueDelimiter stands between a key and its value, "=" by default; FieldDelimiter between pairs, a blank by default.
	KeyValueDelimiter string `json:"key_value_delimiter,omitempty"`
	FieldDelimiter    string `json:"field_delimiter,omitempty"`
	// Whitespace around delimiters is skipped ("lenient", the default) or not ("strict").
	Whitespace string `json:"whitespace,omitempty"`
	// StandaloneKey lets a key stand without a value, which is true then; by default it may.
	StandaloneKey *bool `json:"standalone_key,omitempty"`
	// SampleRecords and SampleBytes are as in JSONOptions.
	SampleRecords int `json:"sample_records,omitempty"`
	SampleBytes   int `json:"sample_bytes,omitempty"`
}

// LTSVOptions are those of the ltsv engine.
type LTSVOptions struct {
	// SampleRecords and SampleBytes are as in JSONOptions.
	SampleRecords int `json:"sample_records,omitempty"`
	SampleBytes   int `json:"sample_bytes,omitempty"`
}

// W3COptions are those of the w3c engine.
type W3COptions struct {
	// Header is what #Fields says, for files without it: "date time c-ip".
	Header string `json:"header,omitempty"`
}

// ZeekOptions are those of the zeek engine: none so far.
type ZeekOptions struct{}

// OTLPOptions are those of the otlp engine: none so far.
type OTLPOptions struct{}

// JournaldExportOptions are those of the journald_export engine: none so far.
type JournaldExportOptions struct{}

// CEFOptions are those of the cef engine.
type CEFOptions struct {
	// CustomLabels puts the value of cs1 under the text of cs1Label.
	CustomLabels bool `json:"custom_labels,omitempty"`
}

// LEEFOptions are those of the leef engine: none so far.
type LEEFOptions struct{}

// TimedOptions are those of the timed engine: none so far.
type TimedOptions struct{}

// MySQLSlowOptions are those of the mysql_slow engine: none so far.
type MySQLSlowOptions struct{}

// SyslogOptions are those of the syslog engine.
type SyslogOptions struct {
	// RFC 5424 takes only that one, to the letter; 0 takes all that is sent as syslog.
	RFC int `json:"rfc,omitempty"`
	// Partial: a header that ends early gives what it has.
	Partial bool `json:"partial,omitempty"`
}

// MultilineOptions say which lines belong to one record: presets, or regular expressions. In JSON a text stands for one preset, a list for
// several. The joined lines have line feeds between them. A record that would be longer than Limits.Line ends before.
type MultilineOptions struct {
	// Preset are rules by name, tried in this order: java, dotnet, node, python, go, ruby, rust, php (stack traces), postgres (lines
	// that begin with a tab) and indent (lines that begin with a blank or a tab).
	Preset TextList `json:"preset,omitempty" sawlog:"text"`
	// Start: a record goes up to the next line that matches. Lines before the first stand alone. With Next: it goes on as long as lines
	// match Next.
	Start string `json:"start,omitempty"`
	Next  string `json:"next,omitempty"`
	// Open: a line that matches goes on with the next line.
	Open string `json:"open,omitempty"`
	// End: a record ends with a line that matches.
	End string `json:"end,omitempty"`
}

// Limits bound what one input can cost. Zero means the default; of a Stream, what its parser has.
type Limits struct {
	// Line is the longest line in bytes, 1 MiB by default. A longer one becomes a reject. It also bounds what is joined to one record.
	Line int `json:"line,omitempty"`
	// Bytes is how much input is read in all, after decompression; by default there is no bound. Reaching it is a ReadError. A Stream does
	// not look at it: who feeds it counts.
	Bytes int64 `json:"bytes,omitempty"`
	// Depth is how deep JSON may nest, 256 by default.
	Depth int `json:"depth,omitempty"`
	// Columns is how many columns may be inferred, 1,000 by default; what comes after goes to the overflow column.
	Columns int `json:"columns,omitempty"`
}

// Allocator gives memory to batches: see record.Allocator.
type Allocator = record.Allocator

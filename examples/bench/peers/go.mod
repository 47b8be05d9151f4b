module github.com/sawlog/sawlog/examples/bench/peers

go 1.26.5

replace github.com/sawlog/sawlog => ../../..

require (
	github.com/go-logfmt/logfmt v0.6.1
	github.com/grafana/loki/v3 v3.7.8
	github.com/klauspost/compress v1.20.3
	github.com/leodido/go-syslog/v4 v4.6.0
	github.com/minio/simdjson-go v0.4.5
	github.com/sawlog/sawlog v0.0.0-00010101000000-000000000000
	github.com/valyala/fastjson v1.6.10
	github.com/vjeantet/grok v1.0.1
)

require (
	github.com/klauspost/cpuid/v2 v2.4.0 // indirect
	golang.org/x/sys v0.47.0 // indirect
)

// Package telemetry starts what a service tells about itself: logs on standard error, metrics to be scraped, and traces, metrics and logs
// by OTLP where an endpoint is configured. Nothing of it is global but LogErrors: what needs a tracer or a meter is given one.
package telemetry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/contrib/bridges/otelslog"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploghttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	otelprometheus "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.37.0"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// Options say what to start.
type Options struct {
	Service, Version string
	Output           io.Writer
	Level            slog.Level
	Text             bool   // logs as text instead of JSON
	OTLP             string // URL to export to, "": nothing is exported; the variable of one signal (OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) wins
}

// Telemetry is what was started.
type Telemetry struct {
	Tracer     trace.TracerProvider
	Meter      metric.MeterProvider
	Propagator propagation.TextMapPropagator
	Log        *slog.Logger
	Metrics    http.Handler // Prometheus's text format
	stop       []func(context.Context) error
}

// Start starts it.
func Start(ctx context.Context, o Options) (*Telemetry, error) {
	res, err := resource.New(ctx, resource.WithAttributes(semconv.ServiceName(o.Service), semconv.ServiceVersion(o.Version)),
		resource.WithFromEnv(), resource.WithTelemetrySDK(), resource.WithHost(), resource.WithProcessPID())
	if err != nil && !errors.Is(err, resource.ErrPartialResource) {
		return nil, fmt.Errorf("telemetry: %w", err)
	}
	t := &Telemetry{Tracer: noop.NewTracerProvider(), Propagator: propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{})}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	scraped, err := otelprometheus.New(otelprometheus.WithRegisterer(registry))
	if err != nil {
		return nil, fmt.Errorf("telemetry: %w", err)
	}
	t.Metrics = promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
	metrics := []sdkmetric.Option{sdkmetric.WithReader(scraped), sdkmetric.WithResource(res), sdkmetric.WithView(fewServers)}
	handler := output(o)
	if o.OTLP != "" {
		more, logs, err := t.export(ctx, res, o)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("telemetry: %w", err), t.Shutdown(ctx))
		}
		metrics = append(metrics, more)
		handler = slog.NewMultiHandler(handler, leveled{logs, o.Level})
	}
	meter := sdkmetric.NewMeterProvider(metrics...)
	t.Meter = meter
	t.stop = append(t.stop, meter.Shutdown)
	t.Log = slog.New(handler)
	return t, nil
}

// fewServers leaves out where a request was sent to by its own head: anybody can write anything there, and each would be a series of its own for
// good. (Semantic conventions have it in spans, and in metrics only for who asks for it.)
var fewServers = sdkmetric.NewView(sdkmetric.Instrument{Name: "http.server.*"},
	sdkmetric.Stream{AttributeFilter: attribute.NewDenyKeysFilter(semconv.ServerAddressKey, semconv.ServerPortKey)})

// export starts the exporters. They send in batches from queues that are bounded: when nobody takes them, telemetry is lost and the service
// is not slower for it.
func (t *Telemetry) export(ctx context.Context, res *resource.Resource, o Options) (sdkmetric.Option, slog.Handler, error) {
	if err := CheckURL(o.OTLP); err != nil {
		return nil, nil, err
	}
	spans, err := otlptracehttp.New(ctx, to(o.OTLP, "traces", otlptracehttp.WithEndpointURL)...)
	if err != nil {
		return nil, nil, err
	}
	tracer := sdktrace.NewTracerProvider(sdktrace.WithBatcher(spans), sdktrace.WithResource(res))
	t.Tracer = tracer
	t.stop = append(t.stop, tracer.Shutdown)
	points, err := otlpmetrichttp.New(ctx, to(o.OTLP, "metrics", otlpmetrichttp.WithEndpointURL)...)
	if err != nil {
		return nil, nil, err
	}
	records, err := otlploghttp.New(ctx, to(o.OTLP, "logs", otlploghttp.WithEndpointURL)...)
	if err != nil {
		return nil, nil, err
	}
	logs := sdklog.NewLoggerProvider(sdklog.WithProcessor(sdklog.NewBatchProcessor(records)), sdklog.WithResource(res))
	t.stop = append(t.stop, logs.Shutdown)
	return sdkmetric.WithReader(sdkmetric.NewPeriodicReader(points)), otelslog.NewHandler(o.Service, otelslog.WithLoggerProvider(logs)), nil
}

// CheckURL tells what is wrong with a URL of OTLP/HTTP; "" is none, and right.
func CheckURL(text string) error {
	if u, err := url.Parse(text); text != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		return errors.New("-otlp: not a URL of OTLP/HTTP: want one like http://127.0.0.1:4318")
	}
	return nil
}

// to is the option that says where a signal goes, unless a variable of its own says so.
func to[Option any](base, signal string, option func(url string) Option) []Option {
	if os.Getenv("OTEL_EXPORTER_OTLP_"+strings.ToUpper(signal)+"_ENDPOINT") != "" {
		return nil
	}
	return []Option{option(strings.TrimSuffix(base, "/") + "/v1/" + signal)}
}

// LogErrors makes what goes wrong with exporting lines of the log. It is for programs: OpenTelemetry has one place for it in a process, and
// writes it as plain text otherwise. The lines are not exported, or each failure would make the next.
func LogErrors(o Options) {
	log := slog.New(output(o))
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("telemetry", "error", err) }))
}

// Shutdown sends what is waiting.
func (t *Telemetry) Shutdown(ctx context.Context) error {
	var errs []error
	for _, stop := range t.stop {
		errs = append(errs, stop(ctx))
	}
	return errors.Join(errs...)
}

// End is Shutdown for a service that ends: that nobody takes what is waiting is logged, and is no failure of the service.
func (t *Telemetry) End(ctx context.Context) {
	if err := t.Shutdown(ctx); err != nil {
		otel.Handle(err)
	}
}

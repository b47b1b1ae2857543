import { exportLines, otlpVariables } from "./environment";
import type { Guide } from "./guide";

const PACKAGES = [
  "go get go.opentelemetry.io/otel go.opentelemetry.io/otel/sdk go.opentelemetry.io/otel/sdk/metric",
  "go get go.opentelemetry.io/contrib/exporters/autoexport",
  "go get go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp go.opentelemetry.io/contrib/instrumentation/runtime",
];

/** A whole file of package main. Exporters, delays and headers come from the environment. */
export const TELEMETRY_GO = `package main

import (
	"context"
	"errors"

	"go.opentelemetry.io/contrib/exporters/autoexport"
	"go.opentelemetry.io/contrib/instrumentation/runtime"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
)

// startTelemetry reads OTEL_* from the environment. Call stop before the process ends.
func startTelemetry(ctx context.Context) (stop func(context.Context) error, err error) {
	spans, err := autoexport.NewSpanExporter(ctx)
	if err != nil {
		return nil, err
	}
	metrics, err := autoexport.NewMetricReader(ctx)
	if err != nil {
		return nil, err
	}
	about, err := resource.New(ctx, resource.WithFromEnv(), resource.WithHost(), resource.WithOS(), resource.WithProcess(), resource.WithTelemetrySDK())
	if err != nil && !errors.Is(err, resource.ErrPartialResource) {
		return nil, err
	}
	tracers := trace.NewTracerProvider(trace.WithBatcher(spans), trace.WithResource(about))
	meters := metric.NewMeterProvider(metric.WithReader(metrics), metric.WithResource(about))
	otel.SetTracerProvider(tracers)
	otel.SetMeterProvider(meters)
	otel.SetTextMapPropagator(propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{}))
	if err := runtime.Start(); err != nil {
		return nil, err
	}
	return func(ctx context.Context) error { return errors.Join(tracers.Shutdown(ctx), meters.Shutdown(ctx)) }, nil
}`;

/** What goes into an existing \`main\`; \`mux\` is the application's own handler. */
export const MAIN_GO = `ctx := context.Background()
stop, err := startTelemetry(ctx)
if err != nil {
	log.Fatal(err)
}
defer stop(ctx)

// was: http.ListenAndServe(":8000", mux)
log.Fatal(http.ListenAndServe(":8000", otelhttp.NewHandler(mux, "server")))`;

export const go: Guide = {
  id: "go",
  shells: ["linux", "windows"],
  requires: "Go 1.26+",
  steps: (connection, shell) => [
    { title: "installPackages", code: PACKAGES.join("\n") },
    { title: "addCode", file: "telemetry.go", code: TELEMETRY_GO },
    { title: "wrapServer", file: "main.go", code: MAIN_GO, aside: true, note: "goFrameworks" },
    { title: "setEnvironment", code: exportLines(otlpVariables(connection), shell) },
    { title: "buildAndRun", code: "go mod tidy\ngo run ." },
  ],
};

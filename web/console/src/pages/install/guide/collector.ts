import { withPort } from "./environment";
import type { Connection, Guide } from "./guide";

/** A release known to have the packages and the image named below. */
const VERSION = "0.119.0";

/** A Collector that receives OTLP from applications and sends it on with the key, which may be `${env:…}`. */
export function collectorConfig(connection: Connection, key: string): string {
  return `receivers:
  otlp:
    protocols:
      grpc: { endpoint: "0.0.0.0:4317" }
      http: { endpoint: "0.0.0.0:4318" }
processors:
  batch: { timeout: 1s }
${exporters(connection, key)}
service:
  pipelines:
    traces: { receivers: [otlp], processors: [batch], exporters: [otlphttp/naru] }
    metrics: { receivers: [otlp], processors: [batch], exporters: [otlphttp/naru] }
    logs: { receivers: [otlp], processors: [batch], exporters: [otlphttp/naru] }`;
}

/** A Collector that measures the machine it runs on. It listens nowhere and asks no cloud who it is. */
function hostConfig(connection: Connection): string {
  return `receivers:
  hostmetrics:
    collection_interval: 10s
    scrapers: { cpu: {}, memory: {}, load: {}, disk: {}, filesystem: {}, network: {}, paging: {}, processes: {} }
processors:
  resourcedetection: { detectors: [env, system] }
  resource:
    attributes: [{ key: service.name, value: ${connection.application}, action: upsert }]
  batch: { timeout: 1s }
${exporters(connection, connection.key)}
service:
  pipelines:
    metrics: { receivers: [hostmetrics], processors: [resourcedetection, resource, batch], exporters: [otlphttp/naru] }`;
}

function exporters(connection: Connection, key: string): string {
  return `exporters:
  otlphttp/naru:
    endpoint: ${withPort(connection.httpUrl)}
    headers: { x-naru-license: "${key}" }`;
}

const DEB = `otelcol-contrib_${VERSION}_linux_$(dpkg --print-architecture).deb`;

export const host: Guide = {
  id: "host",
  shells: ["linux"],
  requires: "Debian, Ubuntu · systemd",
  steps: (connection) => [
    {
      title: "installAgent",
      code: [
        `DEB="${DEB}"`,
        `curl -fsSLO "https://github.com/open-telemetry/opentelemetry-collector-releases/releases/download/v${VERSION}/$DEB"`,
        'sudo apt-get install -y "./$DEB"',
      ].join("\n"),
    },
    {
      title: "writeCollectorConfig",
      code: `sudo tee /etc/otelcol-contrib/config.yaml > /dev/null <<'EOF'\n${hostConfig(connection)}\nEOF`,
    },
    {
      title: "startCollector",
      code: "sudo systemctl restart otelcol-contrib\nsystemctl status otelcol-contrib --no-pager",
    },
  ],
};

function indent(text: string, by: number): string {
  return text.replace(/^/gm, " ".repeat(by));
}

function manifest(connection: Connection): string {
  return `kubectl create secret generic naru-license --from-literal=key=${connection.key} --dry-run=client -o yaml | kubectl apply -f -
kubectl apply -f - <<'EOF'
apiVersion: v1
kind: ConfigMap
metadata: { name: naru-collector }
data:
  config.yaml: |
${indent(collectorConfig(connection, "${env:NARU_LICENSE}"), 4)}
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: naru-collector }
spec:
  replicas: 1
  selector: { matchLabels: { app: naru-collector } }
  template:
    metadata: { labels: { app: naru-collector } }
    spec:
      containers:
        - name: collector
          image: otel/opentelemetry-collector-contrib:${VERSION}
          args: ["--config=/etc/naru/config.yaml"]
          env:
            - name: NARU_LICENSE
              valueFrom: { secretKeyRef: { name: naru-license, key: key } }
          ports: [{ containerPort: 4317 }, { containerPort: 4318 }]
          volumeMounts: [{ name: config, mountPath: /etc/naru }]
      volumes: [{ name: config, configMap: { name: naru-collector } }]
---
apiVersion: v1
kind: Service
metadata: { name: naru-collector }
spec:
  selector: { app: naru-collector }
  ports: [{ name: grpc, port: 4317 }, { name: http, port: 4318 }]
EOF`;
}

export const kubernetes: Guide = {
  id: "kubernetes",
  shells: ["linux"],
  requires: "kubectl",
  steps: (connection) => [
    { title: "deployCollector", code: manifest(connection), note: "k8sNamespace" },
    {
      title: "pointApplications",
      code: [
        `kubectl set env deployment/${connection.application} \\`,
        `  OTEL_SERVICE_NAME=${connection.application} \\`,
        "  OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf \\",
        "  OTEL_EXPORTER_OTLP_ENDPOINT=http://naru-collector:4318 \\",
        "  OTEL_BSP_SCHEDULE_DELAY=1000 OTEL_METRIC_EXPORT_INTERVAL=10000 \\",
        "  OTEL_NODE_RESOURCE_DETECTORS=env,host,os,process",
      ].join("\n"),
      note: "agentInside",
    },
  ],
};

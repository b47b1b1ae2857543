// @vitest-environment node
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { pingCommand, naruConf } from "../conf";
import { applicationName, exportLine, withPort } from "./environment";
import { GUIDES, wholeText, type Connection, type Guide } from "./index";

const connection: Connection = {
  key: "nlk_local_XqT5w0ZbR8mKc2YvN4hJ6sLdF1gAe97P3uo07Qd2",
  httpUrl: "http://127.0.0.1:4318",
  grpcUrl: "http://127.0.0.1:4317",
  application: "checkout",
};
const textOf = (guide: Guide) => wholeText(guide.steps(connection, "linux"));
/** Guides whose agent runs inside the application and reads the environment. */
const AGENTS = GUIDES.filter((guide) => !["host", "kubernetes"].includes(guide.id));

test.each(GUIDES.map((guide) => [guide.id, guide] as const))("%s holds the whole key and our address", (_id, guide) => {
  expect(textOf(guide)).toContain(connection.key);
  expect(textOf(guide)).toContain("http://127.0.0.1:4318");
});

test.each(GUIDES.map((guide) => [guide.id, guide] as const))("%s is a shell script from first to last line", (_id, guide) => {
  expect(() => execFileSync("bash", ["-n"], { input: textOf(guide) })).not.toThrow();
});

test.each(AGENTS.map((guide) => [guide.id, guide] as const))("%s says protocol, port, header and live intervals", (_id, guide) => {
  for (const setting of [
    "OTEL_SERVICE_NAME",
    "OTEL_EXPORTER_OTLP_PROTOCOL",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_HEADERS",
    "OTEL_TRACES_EXPORTER",
    "OTEL_METRICS_EXPORTER",
    "OTEL_LOGS_EXPORTER",
    "OTEL_BSP_SCHEDULE_DELAY",
    "OTEL_METRIC_EXPORT_INTERVAL",
  ]) {
    expect(textOf(guide)).toContain(setting);
  }
});

test.each(["python", "nodejs", "java", "tomcat", "php", "dotnet"] as const)("%s never looks for cloud metadata", (id) => {
  const switches = {
    python: "OTEL_EXPERIMENTAL_RESOURCE_DETECTORS=otel,os,process",
    nodejs: "OTEL_NODE_RESOURCE_DETECTORS=env,host,os,process",
    java: "OTEL_RESOURCE_PROVIDERS_AWS_ENABLED=false",
    tomcat: "OTEL_RESOURCE_PROVIDERS_GCP_ENABLED=false",
    php: "OTEL_PHP_DETECTORS=env,host,os,process",
    dotnet: "OTEL_DOTNET_AUTO_AZUREAPPSERVICE_RESOURCE_DETECTOR_ENABLED=false",
  };
  const guide = GUIDES.find((each) => each.id === id);
  expect(guide && textOf(guide)).toContain(switches[id]);
});

/** What the demo shop pins: those versions are known to work together. */
function demoVersions(): Map<string, string> {
  const read = (path: string) => readFileSync(`${import.meta.dirname}/../../../../../../infra/demo/${path}`, "utf8");
  const { dependencies } = JSON.parse(read("stock/package.json")) as { dependencies: Record<string, string> };
  const pins = [...read("storefront/requirements.txt").matchAll(/^([\w.-]+)(?:\[[^\]]*\])?==(\S+)/gm)];
  return new Map([...Object.entries(dependencies), ...pins.map(([, name = "", version = ""]) => [name, version] as const)]);
}

/** Packages that lines of `npm install` and `pip install` name, with their version. */
function installed(text: string): [name: string, version: string][] {
  const words = [...text.matchAll(/(?:npm|pip) install (.+)$/gm)].flatMap(([, rest = ""]) => rest.split(/\s+/));
  const packages = words.filter((word) => word.includes("opentelemetry"));
  return packages.map((word) => /^(@?[^@=]+)(?:@|==)?(.*)$/.exec(word)?.slice(1) as [string, string]);
}

test.each(["nodejs", "python"] as const)("%s installs exactly the versions of the demo shop", (id) => {
  const guide = GUIDES.find((each) => each.id === id);
  const demo = demoVersions();
  for (const shell of ["linux", "windows"] as const) {
    const packages = installed(wholeText(guide?.steps(connection, shell) ?? []));
    expect(packages).toHaveLength(2);
    expect(packages).toEqual(packages.map(([name]) => [name, demo.get(name)]));
  }
});

test("the settings a shell ends up with are the ones meant", () => {
  const guide = GUIDES.find((each) => each.id === "python");
  const settings = guide?.steps({ ...connection, application: "shop" }, "linux")[1]?.code ?? "";
  const environment = execFileSync("bash", ["-c", `${settings}\nenv`], { env: { PATH: process.env["PATH"] } }).toString();
  const hostname = execFileSync("hostname").toString().trim();
  expect(environment).toContain("OTEL_SERVICE_NAME=shop\n");
  expect(environment).toContain(`OTEL_EXPORTER_OTLP_HEADERS=x-naru-license=${connection.key}\n`);
  expect(environment).toContain(`OTEL_RESOURCE_ATTRIBUTES=service.instance.id=${hostname}\n`);
});

test("lines that go into an existing file and second ways stay out of the whole text", () => {
  const go = GUIDES.find((each) => each.id === "go");
  const any = GUIDES.find((each) => each.id === "opentelemetry");
  expect(go && textOf(go)).toContain("cat > telemetry.go <<'EOF'");
  expect(go && textOf(go)).not.toContain("ListenAndServe");
  expect(any && textOf(any)).not.toContain("4317");
});

test("Windows gets PowerShell", () => {
  for (const guide of GUIDES.filter((each) => each.shells.includes("windows"))) {
    const text = wholeText(guide.steps(connection, "windows").filter((step) => step.file === undefined));
    expect(text).toContain('$env:OTEL_SERVICE_NAME = "checkout"');
    expect(text).not.toContain("export ");
  }
});

test("names that a shell would read as something else can't get in", () => {
  expect(["shop", "주문 서버 1", "$(rm -rf /)", "", "a b;c", "..x.."].map(applicationName)).toEqual([
    "shop",
    "1",
    "rm--rf",
    "my-app",
    "a-b-c",
    "x",
  ]);
  expect(exportLine("A", 'x"y`z', "linux")).toBe('export A="x\\"y\\`z"');
});

test("a port is always written out", () => {
  expect(["http://127.0.0.1:4318", "https://ingest.ap-ne2.naru.example", "http://h/otlp"].map(withPort)).toEqual([
    "http://127.0.0.1:4318",
    "https://ingest.ap-ne2.naru.example:443",
    "http://h:80/otlp",
  ]);
});

const install = { otlp_http_url: connection.httpUrl, otlp_grpc_url: connection.grpcUrl, region: "local", apm_url: "http://a" };

test("naru.conf is one value per line with key, project and addresses", () => {
  const project = { id: "prj_1", name: "shop\nlicense=evil", platform: "go", region: "local", group: "", created_at: "", apm_url: "", first_data_at: null, last_data_at: null, spans_total: 0 } as const;
  const lines = naruConf(project, install, connection.key, "checkout").trim().split("\n");
  const values = new Map(lines.filter((line) => !line.startsWith("#")).map((line) => line.split("=", 2) as [string, string]));
  expect(Object.fromEntries(values)).toEqual({
    license: connection.key,
    project: "prj_1",
    region: "local",
    application: "checkout",
    otlp_http_endpoint: "http://127.0.0.1:4318",
    otlp_grpc_endpoint: "http://127.0.0.1:4317",
    otlp_header: "x-naru-license",
    span_export_interval_ms: "1000",
    metric_export_interval_ms: "10000",
  });
});

test("the ping is one curl command a shell accepts", () => {
  const command = pingCommand(install, connection.key);
  expect(() => execFileSync("bash", ["-n"], { input: command })).not.toThrow();
  expect(command).toContain("http://127.0.0.1:4318/v1/traces");
});

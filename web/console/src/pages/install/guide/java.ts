import { exportLines, otlpVariables, type Variable } from "./environment";
import type { Guide, Shell } from "./guide";

const JAR = "opentelemetry-javaagent.jar";
const JAR_URL = `https://github.com/open-telemetry/opentelemetry-java-instrumentation/releases/latest/download/${JAR}`;

/** The agent's cloud detectors stay off, so that it never waits for a metadata address. */
const VARIABLES: Variable[] = [
  ["OTEL_RESOURCE_PROVIDERS_AWS_ENABLED", "false"],
  ["OTEL_RESOURCE_PROVIDERS_GCP_ENABLED", "false"],
  ["OTEL_RESOURCE_PROVIDERS_AZURE_ENABLED", "false"],
];

function download(shell: Shell): string {
  return shell === "windows" ? `Invoke-WebRequest ${JAR_URL} -OutFile ${JAR}` : `curl -fsSLo ${JAR} ${JAR_URL}`;
}

export const java: Guide = {
  id: "java",
  shells: ["linux", "windows"],
  requires: "Java 8+, curl",
  steps: (connection, shell) => [
    { title: "installAgent", code: download(shell) },
    { title: "setEnvironment", code: exportLines([...otlpVariables(connection), ...VARIABLES], shell) },
    { title: "runPrefixed", code: `java -javaagent:${JAR} -jar app.jar`, note: "javaSpring" },
  ],
};

export const tomcat: Guide = {
  id: "tomcat",
  shells: ["linux"],
  requires: "Tomcat 8.5+, curl",
  steps: (connection) => [
    {
      title: "installAgent",
      code: [
        'export CATALINA_BASE="${CATALINA_BASE:-/opt/tomcat}"',
        `curl -fsSLo "$CATALINA_BASE/lib/${JAR}" ${JAR_URL}`,
      ].join("\n"),
    },
    {
      title: "setTomcat",
      code: [
        'cat >> "$CATALINA_BASE/bin/setenv.sh" <<\'EOF\'',
        exportLines([...otlpVariables(connection), ...VARIABLES], "linux"),
        `export CATALINA_OPTS="$CATALINA_OPTS -javaagent:$CATALINA_BASE/lib/${JAR}"`,
        "EOF",
      ].join("\n"),
      note: "tomcatDebian",
    },
    {
      title: "restartTomcat",
      code: '"$CATALINA_BASE/bin/shutdown.sh"; sleep 3; "$CATALINA_BASE/bin/startup.sh"',
    },
  ],
};

/** Everything a snippet is filled with. URLs as the server gives them; `key` is the whole license key. */
export interface Connection {
  key: string;
  httpUrl: string;
  grpcUrl: string;
  /** Becomes `service.name`. */
  application: string;
}

/** Where the commands are typed. `linux` is a POSIX shell on Debian or Ubuntu, and works on macOS where nothing else is said. */
export type Shell = "linux" | "windows";

export type GuideId =
  | "java"
  | "tomcat"
  | "python"
  | "nodejs"
  | "go"
  | "php"
  | "dotnet"
  | "kubernetes"
  | "host"
  | "cloud-foundry"
  | "opentelemetry";

/** A step's heading, a key of the install page's words. */
export type StepTitle =
  | "installAgent"
  | "installPackages"
  | "installExtension"
  | "addCode"
  | "wrapServer"
  | "setEnvironment"
  | "setTomcat"
  | "setApplication"
  | "run"
  | "runPrefixed"
  | "restartTomcat"
  | "buildAndRun"
  | "deployCollector"
  | "pointApplications"
  | "writeCollectorConfig"
  | "startCollector"
  | "restage"
  | "otlpGrpc"
  | "collectorConfig";

/** A sentence below a step, also a key of the page's words. */
export type StepNote =
  | "pythonVenv"
  | "pythonServers"
  | "nodeEsm"
  | "javaSpring"
  | "goFrameworks"
  | "phpFrameworks"
  | "phpServers"
  | "dotnetOwnBuild"
  | "tomcatDebian"
  | "agentInside"
  | "onlyOneOf"
  | "k8sNamespace";

export interface Step {
  title: StepTitle;
  code: string;
  note?: StepNote;
  /** The file this code goes into; none = typed into the shell. */
  file?: string;
  /** Another way to do the step before, or lines for a file that exists already; not part of the whole text. */
  aside?: true;
}

export interface Guide {
  id: GuideId;
  shells: readonly Shell[];
  /** What must be there already, as words that need no translation. */
  requires: string;
  steps: (connection: Connection, shell: Shell) => Step[];
}

/** All commands of a guide in order, as somebody would paste them into a shell one after the other. */
export function wholeText(steps: readonly Step[]): string {
  return steps
    .filter((step) => !step.aside)
    .map((step) => (step.file === undefined ? step.code : `cat > ${step.file} <<'EOF'\n${step.code}\nEOF`))
    .join("\n\n");
}

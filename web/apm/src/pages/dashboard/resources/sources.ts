/**
 * Which metrics a panel is drawn from. Agents name the same thing differently by language: newest names of OpenTelemetry (1.44)
 * first, then what the conventions never took over, what frameworks send of their own last. Names that they only changed are
 * stored as the newest.
 */
export type Language = "java" | "nodejs" | "python" | "dotnet" | "go";

export type PanelName = "inFlight" | "heap" | "cpu" | "memory" | "connections" | "threads" | "gcTime" | "gcCount" | "workers";

export interface Source {
  /** The metric. */
  name: string;
  /** Whose agents send it. */
  languages: readonly Language[];
  /** Within one process: `sum` over its parts, or how fast a counter grows per second. */
  aggregation: "sum" | "rate";
  /** Only these values of an attribute belong to the panel. */
  part?: { attribute: string; values: readonly string[] };
  /** Metrics that say their part by their name: this one tells of it alone, and the other parts go with it. */
  is?: string;
  with?: readonly Source[];
  /** The attribute that names the pool a value belongs to. */
  pool?: string;
}

export interface PanelSources {
  name: PanelName;
  /**
   * How values read. `share`: 0…1, where a counter of CPU seconds says 1 for one core; `perMinute`: asked for per second; `msPerMinute`:
   * asked for as what was added within a step, in whatever unit it is sent.
   */
  unit: "count" | "bytes" | "share" | "perMinute" | "msPerMinute";
  /** Of several processes: their sum, or the mean of them. */
  across: "sum" | "mean";
  sources: readonly Source[];
  /** A level the panel draws beside: how far the first may grow. */
  limits?: readonly Source[];
  /** Drawn by the values of this part instead of by application or instance. */
  byPart?: boolean;
  /** Not everybody has such a thing: without it there is no panel. */
  whereSent?: boolean;
}

const EVERY: readonly Language[] = ["java", "nodejs", "python", "dotnet", "go"];

const sum = (name: string, languages: readonly Language[], part?: Source["part"]): Source => ({ name, languages, aggregation: "sum", ...(part ? { part } : {}) });
const rate = (name: string, languages: readonly Language[]): Source => ({ name, languages, aggregation: "rate" });
const only = (attribute: string, ...values: string[]) => ({ attribute, values });
const pooled = (pool: string, source: Source): Source => ({ ...source, pool });

export const PANELS: readonly PanelSources[] = [
  {
    name: "inFlight",
    unit: "count",
    across: "sum",
    sources: [sum("http.server.active_requests", ["java", "python", "dotnet"])],
  },
  {
    name: "heap",
    unit: "bytes",
    across: "sum",
    sources: [
      sum("jvm.memory.used", ["java"], only("jvm.memory.type", "heap")),
      sum("v8js.memory.heap.used", ["nodejs"]),
      sum("dotnet.gc.last_collection.heap.size", ["dotnet"]),
      sum("process.runtime.dotnet.gc.heap.size", ["dotnet"]),
      sum("process.runtime.dotnet.gc.committed_memory.size", ["dotnet"]),
      // Go says `stack` and `other`: what isn't stack is mostly heap.
      sum("go.memory.used", ["go"], only("go.memory.type", "other")),
      sum("process.runtime.go.mem.heap_alloc", ["go"]),
      sum("runtime.go.mem_stats.heap_alloc", ["go"]),
    ],
  },
  {
    name: "cpu",
    unit: "share",
    across: "mean",
    sources: [
      sum("jvm.cpu.recent_utilization", ["java"]),
      // Split by user and system in some agents: within a process they add up.
      sum("process.cpu.utilization", ["python", "nodejs"]),
      sum("process.runtime.cpython.cpu.utilization", ["python"]),
      sum("process.cpu.usage", ["java"]),
      // Counters of CPU seconds: a second per second is one core.
      rate("dotnet.process.cpu.time", ["dotnet"]),
      rate("process.cpu.time", EVERY),
      rate("jvm.cpu.time", ["java"]),
      rate("process.runtime.cpython.cpu_time", ["python"]),
    ],
  },
  {
    name: "memory",
    unit: "bytes",
    across: "sum",
    sources: [
      sum("process.memory.usage", ["python", "nodejs", "dotnet", "go"]),
      sum("process.memory.physical_usage", ["python", "nodejs", "dotnet", "go"]),
      sum("dotnet.process.memory.working_set", ["dotnet"]),
      sum("process.runtime.cpython.memory", ["python"], only("type", "rss")),
      // These runtimes don't say what the process holds, only what they took from it.
      sum("jvm.memory.committed", ["java"]),
      sum("go.memory.used", ["go"]),
      sum("process.runtime.go.mem.heap_sys", ["go"]),
    ],
  },
  {
    name: "connections",
    unit: "count",
    across: "sum",
    byPart: true,
    sources: [
      pooled("db.client.connection.pool.name", sum("db.client.connection.count", EVERY, only("db.client.connection.state", "used", "idle"))),
      // What Micrometer sends of HikariCP: a metric for each state.
      { ...pooled("pool", sum("hikaricp.connections.active", ["java"])), is: "used", with: [{ ...pooled("pool", sum("hikaricp.connections.idle", ["java"])), is: "idle" }] },
    ],
    limits: [
      pooled("db.client.connection.pool.name", sum("db.client.connection.max", EVERY)),
      pooled("pool", sum("hikaricp.connections.max", ["java"])),
    ],
  },
  {
    name: "threads",
    unit: "count",
    across: "sum",
    sources: [
      sum("jvm.thread.count", ["java"]),
      sum("process.thread.count", ["python"]),
      sum("process.runtime.cpython.thread_count", ["python"]),
      sum("dotnet.thread_pool.thread.count", ["dotnet"]),
      sum("process.runtime.dotnet.thread_pool.threads.count", ["dotnet"]),
      sum("go.goroutine.count", ["go"]),
      sum("process.runtime.go.goroutines", ["go"]),
    ],
  },
  {
    // Of a histogram or a counter of times `sum` is how long it took within a step.
    name: "gcTime",
    unit: "msPerMinute",
    across: "mean",
    whereSent: true,
    sources: [
      sum("jvm.gc.duration", ["java"]),
      sum("v8js.gc.duration", ["nodejs"]),
      sum("dotnet.gc.pause.time", ["dotnet"]),
      sum("process.runtime.dotnet.gc.duration", ["dotnet"]),
    ],
  },
  {
    // The rate of a histogram is how many values it recorded.
    name: "gcCount",
    unit: "perMinute",
    across: "mean",
    whereSent: true,
    sources: [
      rate("jvm.gc.duration", ["java"]),
      rate("v8js.gc.duration", ["nodejs"]),
      // Its older name, `process.runtime.cpython.gc_count`, counts objects that wait for a collection, not collections.
      rate("cpython.gc.collections", ["python"]),
      rate("dotnet.gc.collections", ["dotnet"]),
      rate("process.runtime.dotnet.gc.collections.count", ["dotnet"]),
    ],
  },
  {
    // As the Collector's receivers for Apache and nginx name them. Of nginx `active` is the sum of the others.
    name: "workers",
    unit: "count",
    across: "sum",
    byPart: true,
    whereSent: true,
    sources: [
      sum("apache.workers", [], only("state", "busy", "idle")),
      sum("nginx.connections_current", [], only("state", "reading", "writing", "waiting")),
    ],
  },
];

/** For whoever sets an agent up: of each language the newest name. */
export function expected(panel: PanelSources): { language: Language; name: string }[] {
  return EVERY.flatMap((language) => {
    const first = panel.sources.find(({ languages }) => languages.includes(language));
    return first ? [{ language, name: first.name }] : [];
  });
}

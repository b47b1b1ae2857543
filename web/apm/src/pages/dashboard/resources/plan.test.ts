import type { Apm } from "@naru/api";
import { expect, test } from "vitest";
import { APPLICATIONS_MAX, planOf } from "./plan";
import { expected, PANELS, type PanelName } from "./sources";

const metric = (name: string, ...applications: string[]): Apm.Metric => ({ name, unit: null, kind: "gauge", description: null, applications, points: 1 });
const panel = (name: PanelName) => {
  const found = PANELS.find((one) => one.name === name);
  if (!found) throw new Error(`no panel ${name}`);
  return found;
};
const project = { application: undefined, instance: undefined };
const of = (application: string, instance?: string) => ({ application, instance });
const asked = (name: PanelName, sent: Apm.Metric[], whose: { application: string | undefined; instance: string | undefined } = project) =>
  planOf(panel(name), sent, whose, []).questions.map((one) => [one.name, one.application, one.group_by, one.as.kind]);

test("each application is drawn from the first of the names it sends, the newest first", () => {
  const sent = [metric("process.runtime.go.mem.heap_alloc", "old", "both"), metric("go.memory.used", "both"), metric("v8js.memory.heap.used", "node")];
  expect(asked("heap", sent)).toEqual([
    ["v8js.memory.heap.used", undefined, "application", "each"],
    ["go.memory.used", "both", "go.memory.type", "total"],
    ["process.runtime.go.mem.heap_alloc", undefined, "application", "each"],
  ]);
});

test("a metric without a part is one question for all applications, and only theirs who have nothing better", () => {
  const sent = [metric("process.memory.usage", "py", "node"), metric("process.runtime.cpython.memory", "py"), metric("jvm.memory.committed", "java", "node")];
  const { questions } = planOf(panel("memory"), sent, project, []);
  expect(questions.map(({ name, as }) => [name, as])).toEqual([
    ["process.memory.usage", { kind: "each", wanted: ["py", "node"] }],
    ["jvm.memory.committed", { kind: "each", wanted: ["java"] }],
  ]);
});

test("CPU is the mean of an application's instances, whose states add up", () => {
  const sent = [metric("process.cpu.utilization", "node"), metric("dotnet.process.cpu.time", "ledger")];
  expect(planOf(panel("cpu"), sent, project, []).questions).toEqual([
    { name: "process.cpu.utilization", aggregation: "sum", application: "node", instance: undefined, group_by: "instance", as: { kind: "mean", label: "node" } },
    { name: "dotnet.process.cpu.time", aggregation: "rate", application: "ledger", instance: undefined, group_by: "instance", as: { kind: "mean", label: "ledger" } },
  ]);
});

test("of one application there is a line per instance, of an instance one line", () => {
  const sent = [metric("v8js.memory.heap.used", "node", "other"), metric("jvm.memory.used", "shop")];
  expect(asked("heap", sent, of("node"))).toEqual([["v8js.memory.heap.used", "node", "instance", "each"]]);
  expect(asked("heap", sent, of("node", "node-1"))).toEqual([["v8js.memory.heap.used", "node", undefined, "total"]]);
  expect(asked("heap", sent, of("shop"))).toEqual([["jvm.memory.used", "shop", "jvm.memory.type", "total"]]);
  expect(asked("heap", sent, of("silent"))).toEqual([]);
});

test("connections are drawn by state, OpenTelemetry's and Micrometer's together, with what the pools may grow to", () => {
  const sent = [metric("db.client.connection.count", "shop"), metric("hikaricp.connections.active", "stock"), metric("db.client.connection.max", "shop"), metric("hikaricp.connections.max", "stock")];
  const plan = planOf(panel("connections"), sent, project, []);
  expect(plan.questions.map(({ name, group_by }) => [name, group_by])).toEqual([
    ["db.client.connection.count", "db.client.connection.state"],
    ["hikaricp.connections.active", undefined],
    ["hikaricp.connections.idle", undefined],
  ]);
  expect(plan.limits.map(({ name }) => name)).toEqual(["db.client.connection.max", "hikaricp.connections.max"]);
});

test("the heaviest applications are drawn, and how many are not is known", () => {
  const names = Array.from({ length: APPLICATIONS_MAX + 3 }, (_, index) => `app-${index}`);
  const plan = planOf(panel("cpu"), [metric("jvm.cpu.recent_utilization", ...names)], project, ["app-8", "app-7"]);
  expect(plan.questions.map(({ application }) => application)).toEqual(expect.arrayContaining(["app-8", "app-7", "app-0"]));
  expect([plan.questions.length, plan.omitted]).toEqual([APPLICATIONS_MAX, 3]);
});

test("garbage collection is the mean of an application's processes: its time as what was added, how often by the second", () => {
  const sent = [metric("jvm.gc.duration", "shop"), metric("cpython.gc.collections", "search"), metric("dotnet.gc.pause.time", "ledger"), metric("dotnet.gc.collections", "ledger")];
  const questions = (name: PanelName) => planOf(panel(name), sent, project, []).questions.map((one) => [one.name, one.aggregation, one.application, one.as.kind]);
  expect(questions("gcTime")).toEqual([
    ["jvm.gc.duration", "sum", "shop", "mean"],
    ["dotnet.gc.pause.time", "sum", "ledger", "mean"],
  ]);
  expect(questions("gcCount")).toEqual([
    ["jvm.gc.duration", "rate", "shop", "mean"],
    ["cpython.gc.collections", "rate", "search", "mean"],
    ["dotnet.gc.collections", "rate", "ledger", "mean"],
  ]);
});

test("a web server's workers are drawn by what they do", () => {
  const asked = planOf(panel("workers"), [metric("apache.workers", "www"), metric("nginx.connections_current", "edge")], project, []);
  expect(asked.questions.map(({ name, group_by, as }) => [name, group_by, as])).toEqual([
    ["apache.workers", "state", { kind: "each", wanted: ["busy", "idle"] }],
    ["nginx.connections_current", "state", { kind: "each", wanted: ["reading", "writing", "waiting"] }],
  ]);
});

test.each(PANELS)("$name says what each language should send unless it is shown only where sent, and names no metric twice", (one) => {
  expect(one.whereSent === true || expected(one).length > 0).toBe(true);
  const names = one.sources.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

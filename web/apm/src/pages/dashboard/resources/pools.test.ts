import type { Apm } from "@naru/api";
import { expect, test } from "vitest";
import { planOf } from "./plan";
import { largest, poolLines, poolsOf, POOL_APPLICATIONS_MAX, POOLS_MAX, stateQuestions, toldApart, type PoolAnswer, type PoolQuestion, type StateAnswer } from "./pools";
import { PANELS } from "./sources";

const panel = PANELS.find(({ name }) => name === "connections")!; // There is one.
const metric = (name: string, ...applications: string[]): Apm.Metric => ({ name, unit: null, kind: "sum", description: null, applications, points: 1 });
const project = { application: undefined, instance: undefined };
const asked = (sent: Apm.Metric[], whose: { application: string | undefined; instance: string | undefined } = project) =>
  planOf(panel, sent, whose, ["shop", "stock"]).pools.map(({ name, application, group_by, figure }) => [name, application, group_by, figure]);

const question = (figure: PoolQuestion["figure"], application = "shop"): PoolQuestion => ({ name: "m", aggregation: "sum", application, instance: undefined, group_by: "x", figure });
const answer = (figure: PoolQuestion["figure"], values: Record<string, number>, application?: string): PoolAnswer => ({
  question: question(figure, application),
  series: Object.entries(values).map(([label, value]) => ({ labels: { x: label }, points: [[0, value]] })),
});
const lines = (...answers: PoolAnswer[]) => poolLines(poolsOf(answers), (figure) => figure, ({ application, name }) => `${application}/${name}`).map(({ label, points }) => [label, points[0]?.[1]]);

test("of one application its pools are asked for, by the attribute that names them", () => {
  const sent = [metric("db.client.connection.count", "shop", "stock"), metric("db.client.connection.max", "shop")];
  expect(asked(sent, { application: "shop", instance: undefined })).toEqual([
    ["db.client.connection.count", "shop", "db.client.connection.pool.name", "open"],
    ["db.client.connection.max", "shop", "db.client.connection.pool.name", "limit"],
  ]);
  expect(asked([metric("db.client.connection.count", "shop")], { application: "shop", instance: "shop-1" })).toEqual([["db.client.connection.count", "shop", "db.client.connection.pool.name", "open"]]);
});

test("HikariCP says in use and idle in metrics of their own, and counts only for whom nothing better is sent", () => {
  const sent = [metric("hikaricp.connections.active", "shop", "stock"), metric("hikaricp.connections.idle", "shop", "stock"), metric("hikaricp.connections.max", "shop", "stock"), metric("db.client.connection.count", "stock")];
  const plan = planOf(panel, sent, project, []);
  expect(plan.questions.map(({ name, application, as }) => [name, application, as.kind])).toEqual([
    ["db.client.connection.count", undefined, "each"],
    ["hikaricp.connections.active", "shop", "total"],
    ["hikaricp.connections.idle", "shop", "total"],
  ]);
  expect(asked(sent).filter(([, application]) => application === "shop")).toEqual([
    ["hikaricp.connections.active", "shop", "pool", "used"],
    ["hikaricp.connections.idle", "shop", "pool", "idle"],
    ["hikaricp.connections.max", "shop", "pool", "limit"],
  ]);
});

test("pools of the heaviest applications are asked for, and how many are not is known", () => {
  const names = Array.from({ length: POOL_APPLICATIONS_MAX + 2 }, (_, index) => `app-${index}`);
  const plan = planOf(panel, [metric("db.client.connection.count", ...names)], project, ["app-4"]);
  expect([[...new Set(plan.pools.map(({ application }) => application))], plan.omitted]).toEqual([["app-4", "app-0", "app-1"], 2]);
});

test("a pool has its in use, idle and limit", () => {
  expect(lines(answer("used", { main: 7, reports: 1 }), answer("idle", { main: 3, reports: 4 }), answer("limit", { main: 10, reports: 5 }))).toEqual([
    ["shop/main · used", 7],
    ["shop/main · idle", 3],
    ["shop/main · limit", 10],
    ["shop/reports · used", 1],
    ["shop/reports · idle", 4],
    ["shop/reports · limit", 5],
  ]);
});

test("of each pool that is drawn it is asked what its connections do, by the names of the metric that says so, and of an only pool without its name", () => {
  const sent = [metric("db.client.connection.count", "shop", "stock"), metric("hikaricp.connections.active", "micro"), metric("hikaricp.connections.idle", "micro")];
  const questions = planOf(panel, sent, project, ["shop", "stock", "micro"]).pools;
  const pools = [
    { application: "shop", name: "main=1", figures: { open: [] } },
    { application: "shop", name: "", figures: { open: [] } },
    { application: "stock", name: "", figures: { open: [] } },
    { application: "micro", name: "main", figures: { used: [], idle: [] } },
  ];
  expect(stateQuestions(pools, pools, questions).map(({ name, application, attr, group_by }) => [name, application, attr, group_by])).toEqual([
    ["db.client.connection.count", "shop", "db.client.connection.pool.name=main=1", "db.client.connection.state"],
    ["db.client.connection.count", "stock", undefined, "db.client.connection.state"],
  ]);
});

test("a pool of several shows in use, idle and limit, and how many are open until that is known", () => {
  const pools = poolsOf([answer("open", { main: 8, reports: 3 }), answer("limit", { main: 10, reports: 5 })]);
  const known: StateAnswer = {
    question: { ...question("open"), pool: "main" },
    series: [
      { labels: { state: "used" }, points: [[0, 2]] },
      { labels: { state: "idle" }, points: [[0, 6]] },
    ],
  };
  const told = pools.map((pool) => toldApart(pool, [known, { question: { ...question("open"), pool: "reports" }, series: [] }]));
  expect(poolLines(told, (figure) => figure, ({ name }) => name).map(({ label, points }) => [label, points[0]?.[1]])).toEqual([
    ["main · used", 2],
    ["main · idle", 6],
    ["main · limit", 10],
    ["reports · open", 3],
    ["reports · limit", 5],
  ]);
});

test("the largest pools are drawn", () => {
  const names = ["a", "b", "c", "d", "e"];
  const pools = poolsOf([answer("open", Object.fromEntries(names.map((name, index) => [name, index])))]);
  expect([largest(pools).map(({ name }) => name), POOLS_MAX]).toEqual([["e", "d", "c"], 3]);
});

test("a pool has one colour, and its lines differ by their strokes", () => {
  const drawn = poolLines(poolsOf([answer("used", { a: 1, b: 1 }), answer("limit", { a: 2, b: 2 })]), (figure) => figure, ({ name }) => name);
  expect(new Set(drawn.map(({ colour, dash }) => `${colour} ${dash}`)).size).toBe(4);
  expect(drawn[0]?.colour).toBe(drawn[1]?.colour);
});

test("a limit alone is no pool", () => {
  expect(poolsOf([answer("limit", { main: 10 })])).toEqual([]);
});

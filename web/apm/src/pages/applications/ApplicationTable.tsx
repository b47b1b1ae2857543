import { Link } from "@tanstack/react-router";
import type { Apm } from "@naru/api";
import { useFormat, useNow, type Format } from "@naru/ui";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { serverNow } from "../../data/clock";
import { Share } from "../../parts/Share";
import { ShownName } from "../../parts/ShownName";
import { TestTag } from "../../parts/TestTag";
import { isTestApplication } from "../../parts/testTrace";
import { viewOf } from "../../view/search";
import { NO_BOX, type PageView } from "../../view/useView";
import grid from "../../parts/Grid.module.css";

type Column = "name" | "instances" | "tps" | "transactions" | "error_rate" | "apdex" | "mean_ms" | "p50_ms" | "p95_ms" | "p99_ms" | "last_seen_ms";

const COLUMNS = [
  ["name", "name"],
  ["instances", "instances"],
  ["tps", "tps"],
  ["transactions", "transactions"],
  ["error_rate", "errorRate"],
  ["apdex", "apdex"],
  ["mean_ms", "mean"],
  ["p50_ms", "p50"],
  ["p95_ms", "p95"],
  ["p99_ms", "p99"],
  ["last_seen_ms", "seen"],
] as const satisfies readonly (readonly [Column, string])[];

/** Applications with their figures; a bar shows a figure beside the column's largest. */
export function ApplicationTable({ page, applications }: { page: PageView; applications: Apm.Application[] }) {
  const { t } = useTranslation("applications");
  const [sort, setSort] = useState<Column>("transactions");
  const format = useFormat();
  const most = (column: Column) => Math.max(...applications.map((one) => figureOf(one, column)), 1e-9);
  const sorted = [...applications].sort((a, b) => (sort === "name" ? a.name.localeCompare(b.name) : figureOf(b, sort) - figureOf(a, sort)));
  const [mostTps, mostP95] = [most("tps"), most("p95_ms")];
  useNow(1000);
  return (
    <div className={grid.scroll}>
      <table className={`${grid.table} ${grid.inPanel}`} data-testid="applications">
        <thead>
          <tr>
            {COLUMNS.map(([column, label]) => (
              <th key={column} className={column === "name" ? undefined : grid.number} aria-sort={sort === column ? (column === "name" ? "ascending" : "descending") : undefined}>
                <button type="button" className={grid.sort} onClick={() => setSort(column)}>
                  {t(label)}
                  {sort === column && <span aria-hidden> {column === "name" ? "↑" : "↓"}</span>}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((one) => (
            <tr key={one.name} data-testid="application-row">
              <td>
                <Link to="/p/$project" params={{ project: page.project }} search={(before) => ({ ...viewOf(before), ...NO_BOX, application: one.name, instance: undefined })} className={grid.link}>
                  <ShownName name={one.name} of="application" />
                </Link>{" "}
                {isTestApplication(one.name) && <TestTag />}{" "}
                <span style={{ color: "var(--naru-muted)" }}>{one.language}</span>
              </td>
              <Figure>{format.number(one.instances)}</Figure>
              <Figure>
                <span className={grid.withBar}>
                  <Share share={one.tps / mostTps} tone="accent" />
                  {format.number(one.tps, one.tps < 10 ? 2 : 1)}
                </span>
              </Figure>
              <Figure>{format.number(one.transactions)}</Figure>
              <Figure>
                <span style={one.errors > 0 ? { color: "var(--naru-bad)" } : undefined}>
                  {one.errors > 0 && <span aria-hidden>✕ </span>}
                  {format.percent(one.error_rate)}
                </span>
              </Figure>
              <Figure>{one.apdex ? one.apdex.score.toFixed(2) : "–"}</Figure>
              <Figure>{duration(format, one.mean_ms)}</Figure>
              <Figure>{duration(format, one.p50_ms)}</Figure>
              <Figure>
                <span className={grid.withBar}>
                  <Share share={(one.p95_ms ?? 0) / mostP95} tone="sql" />
                  {duration(format, one.p95_ms)}
                </span>
              </Figure>
              <Figure>{duration(format, one.p99_ms)}</Figure>
              <Figure>{format.ago(one.last_seen_ms, serverNow())}</Figure>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function figureOf(one: Apm.Application, column: Column): number {
  return column === "apdex" ? (one.apdex?.score ?? 0) : Number(one[column] ?? 0);
}

function Figure({ children }: { children: ReactNode }) {
  return <td className={grid.number}>{children}</td>;
}

function duration(format: Format, ms: number | null): string {
  return ms === null ? "–" : format.duration(ms);
}

import { Waterfall, type WaterfallRow } from "@naru/charts";
import type { Apm } from "@naru/api";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { Detail } from "./Detail";
import { ExceptionTab } from "./ExceptionTab";
import { exceptionsOf } from "./exceptions";
import { statementsOf } from "./facts";
import { LogTab } from "./LogTab";
import type { TraceTab } from "./search";
import { SqlTab } from "./SqlTab";
import { TraceHead } from "./TraceHead";
import { TraceTabs } from "./TraceTabs";
import { useTraceTree, type TraceTree } from "./useTraceTree";
import { useWaterfallWords } from "./useWaterfallWords";
import styles from "./Trace.module.css";

/** Head, tabs, the chosen view, and beside it the detail of the chosen row. Both choices are in the URL. */
export function TraceView({ trace, project }: { trace: Apm.Trace; project: string }) {
  const { tab = "waterfall", span } = useSearch({ from: "/p/$project/traces/$traceId" });
  const navigate = useNavigate({ from: "/p/$project/traces/$traceId" });
  const tree = useTraceTree(trace);
  const words = useWaterfallWords(trace.duration_ms);
  const statements = useMemo(() => statementsOf(trace.spans), [trace.spans]);
  const exceptions = useMemo(() => exceptionsOf(trace.spans), [trace.spans]);
  const select = (key: string) => void navigate({ search: (before) => ({ ...before, span: key }), replace: true, state: true });
  const show = (next: TraceTab) => void navigate({ search: (before) => ({ ...before, tab: next === "waterfall" ? undefined : next }), replace: true, state: true });
  const chosen = tree.rows.find(({ key }) => key === span) ?? hiddenRow(tree, span) ?? tree.rows[0];
  return (
    <div className={styles.page} data-testid="trace">
      <TraceHead trace={trace} project={project} sql={statements} />
      <TraceTabs
        tab={tab}
        counts={{ sql: statements.reduce((sum, { spans }) => sum + spans.length, 0), exceptions: exceptions.length, logs: trace.logs.length }}
        onShow={show}
      />
      <div className={styles.body}>
        <section className={styles.main}>
          {(tab === "waterfall" || tab === "tree") && (
            <Waterfall
              rows={tree.rows}
              trace_ms={trace.duration_ms}
              path={tree.path}
              layout={tab}
              selected={chosen?.key ?? null}
              words={words}
              onSelect={(row) => select(row.key)}
              onToggle={tree.toggle}
            />
          )}
          {tab === "sql" && <SqlTab statements={statements} selected={span} onSelect={select} />}
          {tab === "exceptions" && <ExceptionTab exceptions={exceptions} onSelect={select} />}
          {tab === "logs" && <LogTab logs={trace.logs} project={project} onSelect={select} />}
        </section>
        <aside className={styles.detail}>{chosen && <Detail row={chosen} trace={trace} tree={tree} />}</aside>
      </div>
    </div>
  );
}

/** A span whose row is folded away (a group's member, below a closed caller) still has its detail. */
function hiddenRow(tree: TraceTree, key: string | undefined): WaterfallRow | undefined {
  const span = tree.nodes.find((node) => node.key === key)?.span;
  if (!span || key === undefined) return undefined;
  const { start_offset_ms, duration_ms } = span;
  return { kind: "span", key, depth: 0, number: 0, start_offset_ms, duration_ms, span, orphan: false, open: null, gap_ms: 0 };
}

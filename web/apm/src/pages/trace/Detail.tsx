import type { Apm } from "@naru/api";
import { categoryOf, type WaterfallRow } from "@naru/charts";
import { useFormat } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { Facts } from "./Facts";
import { Shares } from "./Shares";
import { SpanDetail } from "./SpanDetail";
import { SqlPanel } from "./SqlPanel";
import type { TraceTree } from "./useTraceTree";
import styles from "./Trace.module.css";

/** Everything known of the chosen row, then where the whole transaction's time went. */
export function Detail({ row, trace, tree }: { row: WaterfallRow; trace: Apm.Trace; tree: TraceTree }) {
  return (
    <div data-testid="detail">
      {row.kind === "span" && <SpanDetail span={row.span} trace={trace} shares={<Shares shares={tree.shares} total_ms={tree.root_ms} />} />}
      {row.kind === "gap" && <GapDetail row={row} />}
      {row.kind === "group" && <GroupDetail row={row} />}
      {row.kind !== "span" && <Shares shares={tree.shares} total_ms={tree.root_ms} />}
    </div>
  );
}

function GapDetail({ row }: { row: Extract<WaterfallRow, { kind: "gap" }> }) {
  const { t } = useTranslation("trace");
  const format = useFormat();
  return (
    <>
      <h2 className={`${styles.detailTitle} ${styles.gapTitle}`}>
        {t("detail.gap")} · {format.duration(row.duration_ms)}
      </h2>
      <p className={styles.prose}>{t("detail.gapBody", { application: row.inside.application })}</p>
    </>
  );
}

function GroupDetail({ row }: { row: Extract<WaterfallRow, { kind: "group" }> }) {
  const { t } = useTranslation("trace");
  const format = useFormat();
  const { first, count, sum_ms } = row;
  return (
    <>
      {categoryOf(first) === "sql" && <p className={styles.suspicion}>△ {t("detail.repeated", { count })}</p>}
      <h2 className={styles.detailTitle}>{first.name}</h2>
      {first.db?.statement && <SqlPanel statement={first.db.statement} attributes={first.attributes} />}
      <Facts
        facts={[
          [t("detail.calls"), t("detail.group", { count })],
          [t("detail.groupTotal"), format.duration(sum_ms)],
          [t("detail.groupMean"), format.duration(sum_ms / count)],
        ]}
      />
    </>
  );
}

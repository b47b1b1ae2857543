import { useFormat } from "@naru/ui";
import { useTranslation } from "react-i18next";
import type { StatementUse } from "./facts";
import grid from "../../parts/Grid.module.css";
import styles from "./Trace.module.css";

interface Props {
  statements: StatementUse[];
  selected: string | undefined;
  onSelect: (spanId: string) => void;
}

/** Statements of the trace, equal ones together; a row opens its longest call beside. */
export function SqlTab({ statements, selected, onSelect }: Props) {
  const { t } = useTranslation("trace");
  const format = useFormat();
  if (statements.length === 0) return <p className={styles.prose}>{t("sqlTab.empty")}</p>;
  return (
    <div className={grid.scroll}>
      <table className={grid.table}>
        <thead>
          <tr>
            <th>{t("sqlTab.statement")}</th>
            <th className={grid.number}>{t("sqlTab.calls")}</th>
            <th className={grid.number}>{t("sqlTab.total")}</th>
            <th className={grid.number}>{t("sqlTab.max")}</th>
          </tr>
        </thead>
        <tbody>
          {statements.map((use) => (
            <tr key={use.statement} className={use.spans.some(({ span_id }) => span_id === selected) ? styles.chosen : undefined}>
              <td className={styles.statement}>
                <button type="button" className={styles.plain} onClick={() => onSelect(longest(use))}>
                  {use.statement}
                </button>
              </td>
              <td className={grid.number}>{format.number(use.spans.length)}</td>
              <td className={grid.number}>{format.duration(use.total_ms)}</td>
              <td className={grid.number}>{format.duration(use.longest_ms)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function longest({ spans }: StatementUse): string {
  return spans.reduce((best, span) => (span.duration_ms > best.duration_ms ? span : best)).span_id;
}

import type { Apm } from "@naru/api";
import { CopyButton } from "@naru/ui";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { formatSql, runnableSql } from "./sql";
import styles from "./SqlPanel.module.css";

/** A statement formatted for reading, and a copy that runs in a database console. */
export function SqlPanel({ statement, attributes }: { statement: string; attributes: Apm.Attributes }) {
  const { t } = useTranslation("trace");
  const tokens = useMemo(() => formatSql(statement), [statement]);
  return (
    <div className={styles.panel}>
      <pre className={styles.code} data-testid="sql" tabIndex={0} aria-label={t("detail.statement")}>
        {tokens.map((token, index) => (
          <span key={index} className={styles[token.kind]}>
            {token.text}
          </span>
        ))}
      </pre>
      <div className={styles.copy}>
        <RunnableCopy text={runnableSql(statement, attributes)} label={t("detail.copyRunnable")} />
      </div>
    </div>
  );
}

function RunnableCopy({ text, label }: { text: string; label: string }) {
  return (
    <>
      <span className={styles.copyLabel}>{label}</span>
      <CopyButton value={text} what={label} size="compact-xs" />
    </>
  );
}

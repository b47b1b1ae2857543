import { useTranslation } from "react-i18next";
import { TRACE_TABS, type TraceTab } from "./search";
import styles from "./Trace.module.css";

interface Props {
  tab: TraceTab;
  counts: { sql: number; exceptions: number; logs: number };
  onShow: (tab: TraceTab) => void;
}

export function TraceTabs({ tab, counts, onShow }: Props) {
  const { t } = useTranslation("trace");
  const label = (name: TraceTab) => (name === "waterfall" || name === "tree" ? t(`tabs.${name}`) : t(`tabs.${name}`, { count: counts[name] }));
  return (
    <div className={styles.tabs} role="tablist" aria-label={t("tabs.label")}>
      {TRACE_TABS.map((name) => (
        <button key={name} type="button" role="tab" aria-selected={tab === name} className={styles.tab} onClick={() => onShow(name)} data-testid={`tab-${name}`}>
          {label(name)}
        </button>
      ))}
    </div>
  );
}

import { Autocomplete, Select } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import type { Apm } from "@naru/api";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { AGGREGATIONS } from "./search";
import styles from "./Metrics.module.css";

/** Always there to group by; any attribute can be typed. */
const COMMON_GROUPS = ["application", "instance", "http.request.method", "http.route", "http.response.status_code", "db.system.name", "jvm.memory.type"];
const WAIT_MS = 500;

export function MetricControls({ aggregation, groupBy }: { aggregation: Apm.Aggregation; groupBy: string | undefined }) {
  const { t } = useTranslation("metrics");
  const navigate = useNavigate({ from: "/p/$project/metrics" });
  const [typed, setTyped] = useState(groupBy ?? "");
  useEffect(() => setTyped(groupBy ?? ""), [groupBy]);
  useEffect(() => {
    if (typed.trim() === (groupBy ?? "")) return undefined;
    const timer = setTimeout(() => void navigate({ search: (before) => ({ ...before, group_by: typed.trim() || undefined }), replace: true }), WAIT_MS);
    return () => clearTimeout(timer);
  }, [typed, groupBy, navigate]);
  return (
    <div className={styles.controls}>
      <Select
        label={t("aggregation")}
        size="xs"
        w={180}
        allowDeselect={false}
        value={aggregation}
        data={AGGREGATIONS.map((value) => ({ value, label: t(`aggregations.${value}`) }))}
        onChange={(value) => void navigate({ search: (before) => ({ ...before, aggregation: AGGREGATIONS.find((one) => one === value) }) })}
      />
      <Autocomplete label={t("groupBy")} size="xs" w={240} placeholder={t("noGroup")} data={COMMON_GROUPS} value={typed} onChange={setTyped} clearable />
    </div>
  );
}

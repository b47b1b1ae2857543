import { SegmentedControl, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { EmptyState, Panel, ProblemAlert, useFormat } from "@naru/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { usageQuery } from "../../api";
import { ButtonLink } from "../../link/links";
import { DayBars } from "./DayBars";
import { DayTable } from "./DayTable";
import { fillDays, RANGE_DAYS, USAGE_FIELDS, usageRange, type RangeDays } from "./range";
import styles from "./UsagePage.module.css";

/** What a project has stored: totals, and one bar per day. Range and figure are in the URL. */
export function UsagePage() {
  const { t } = useTranslation("usage");
  const format = useFormat();
  const navigate = useNavigate();
  const { id } = useParams({ from: "/app/projects/$id" });
  const { days, field } = useSearch({ from: "/app/projects/$id/usage" });
  const [openedMs] = useState(() => Date.now());
  const range = usageRange(days, openedMs);
  const usage = useQuery(usageQuery(id, range.from, range.to));
  const show = (value: number) => (field === "bytes" ? format.bytes(value) : format.number(value));
  const set = (search: { days?: RangeDays; field?: typeof field }) =>
    void navigate({ to: "/projects/$id/usage", params: { id }, search: { days, field, ...search }, replace: true });
  const nothing = usage.data && USAGE_FIELDS.every((name) => usage.data.totals[name] === 0);
  return (
    <Stack gap={14}>
      <div style={{ display: "flex", flexWrap: "wrap", gap: 12, alignItems: "center", justifyContent: "space-between" }}>
        <Text c="dimmed">{t("lead")}</Text>
        <SegmentedControl
          size="xs"
          aria-label={t("range.label")}
          value={String(days)}
          data={RANGE_DAYS.map((value) => ({ value: String(value), label: t(`range.${value}`) }))}
          onChange={(value) => set({ days: RANGE_DAYS.find((known) => String(known) === value) ?? 30 })}
        />
      </div>
      <ProblemAlert error={usage.error} onRetry={() => void usage.refetch()} />
      {usage.data && (
        <div className={styles.totals}>
          {USAGE_FIELDS.map((name) => (
            <button
              key={name}
              type="button"
              className={styles.total}
              aria-pressed={name === field}
              onClick={() => set({ field: name })}
              data-testid={`usage-${name}`}
            >
              <span>{t(name)}</span>
              <b className="naru-big">
                {name === "bytes" ? format.bytes(usage.data.totals.bytes) : format.number(usage.data.totals[name])}
              </b>
            </button>
          ))}
        </div>
      )}
      {nothing && (
        <Panel>
          <EmptyState
            title={t("empty.title")}
            action={
              <ButtonLink to="/projects/$id/install" params={{ id }}>
                {t("connect")}
              </ButtonLink>
            }
          >
            {t("empty.body")}
          </EmptyState>
        </Panel>
      )}
      {usage.data && !nothing && (
        <Panel title={t(field)} note={t("perDay")}>
          <DayBars label={t("chart", { what: t(field) })} days={fillDays(usage.data.days, range, field)} show={show} />
          <DayTable usage={usage.data} />
        </Panel>
      )}
    </Stack>
  );
}

import { Button, Select, Switch, TextInput } from "@mantine/core";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { EmptyState, ProblemAlert, SkeletonRows } from "@naru/ui";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { logsQuery, scopeOf } from "../../data/queries";
import { Icon } from "../../frame/Icon";
import { Incomplete } from "../../parts/Incomplete";
import { useView } from "../../view/useView";
import { usePageTitle } from "../../view/usePageTitle";
import { LogList } from "./LogList";
import { SEVERITIES } from "./search";
import styles from "./Logs.module.css";

const WAIT_MS = 350;

/** Any log by its text, severity and application; follows what arrives while the window slides. */
export function LogsPage() {
  const { t } = useTranslation("logs");
  const page = useView();
  usePageTitle(t("title"));
  const { q, severity } = useSearch({ from: "/p/$project/logs" });
  const navigate = useNavigate({ from: "/p/$project/logs" });
  const [follow, setFollow] = useState(true);
  const sliding = page.window.kind === "sliding";
  const scope = scopeOf(page);
  const filter = { ...(q === undefined ? {} : { q }), ...(severity === undefined ? {} : { severity }) };
  const queries = useQueryClient();
  const question = logsQuery(scope, filter, follow && sliding);
  const logs = useInfiniteQuery(question);
  const pages = logs.data?.pages ?? [];
  const incomplete = pages.flatMap((one) => one.incomplete);
  const newest = () => {
    // Older pages are let go, so that following goes on.
    queries.setQueryData(question.queryKey, (before) => before && { pages: before.pages.slice(0, 1), pageParams: before.pageParams.slice(0, 1) });
    void logs.refetch();
  };
  const records = useMemo(() => logs.data?.pages.flatMap((one) => one.logs) ?? [], [logs.data]);
  const [typed, setTyped] = useTyped(q ?? "", (text) => void navigate({ search: (before) => ({ ...before, q: text || undefined }), replace: true }));
  return (
    <div className={styles.page}>
      <div className={styles.filters}>
        <TextInput className={styles.query} size="sm" aria-label={t("search")} placeholder={t("search")} leftSection={<Icon name="search" />} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} data-testid="log-query" />
        <Select
          w={190}
          size="sm"
          aria-label={t("severity")}
          allowDeselect={false}
          value={severity ?? ""}
          data={[{ value: "", label: t("any") }, ...SEVERITIES.slice(1).map((name) => ({ value: name, label: t("from", { severity: name.toUpperCase() }) }))]}
          onChange={(value) => void navigate({ search: (before) => ({ ...before, severity: SEVERITIES.find((name) => name === value) }) })}
        />
        {sliding && <Switch label={t("follow")} title={t("following")} checked={follow} onChange={(event) => setFollow(event.currentTarget.checked)} />}
        {sliding && follow && pages.length > 1 && (
          <Button size="compact-xs" variant="light" title={t("still")} onClick={newest}>
            {t("newest")}
          </Button>
        )}
        <Incomplete show={incomplete.length > 0} parts={incomplete} />
        <span className={styles.note}>{logs.data ? t("loaded", { count: records.length }) : ""}</span>
      </div>
      <ProblemAlert error={logs.error} onRetry={() => void logs.refetch()} />
      <div className={styles.panel}>
        {logs.isPending && !logs.error && <SkeletonRows rows={14} />}
        {logs.data && records.length === 0 && <EmptyState title={t("empty.title")}>{t("empty.body")}</EmptyState>}
        {records.length > 0 && <LogList records={records} project={page.project} onEnd={() => logs.hasNextPage && !logs.isFetchingNextPage && void logs.fetchNextPage()} />}
      </div>
    </div>
  );
}

/** Text that is told a moment after the last key; told values from outside (a link, back) are shown. */
function useTyped(told: string, tell: (text: string) => void): [string, (text: string) => void] {
  const [typed, setTyped] = useState(told);
  useEffect(() => setTyped(told), [told]);
  useEffect(() => {
    if (typed === told) return undefined;
    const timer = setTimeout(() => tell(typed), WAIT_MS);
    return () => clearTimeout(timer);
    // `tell` is new with each render; only what was typed starts the wait.
  }, [typed, told]);
  return [typed, setTyped];
}

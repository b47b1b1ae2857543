import type { Apm } from "@naru/api";
import { EmptyState, Panel, ProblemAlert, SkeletonRows } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { Incomplete } from "../../parts/Incomplete";
import type { PageView } from "../../view/useView";
import { ApplicationTable } from "./ApplicationTable";
import styles from "./Applications.module.css";

interface Props {
  page: PageView;
  applications: Apm.Applications | undefined;
  error: unknown;
  onRetry: () => void;
}

export function ApplicationPanel({ page, applications, error, onRetry }: Props) {
  const { t } = useTranslation("applications");
  const list = applications?.applications;
  return (
    <Panel className={styles.panel} title={t("title")} note={list ? t("count", { count: list.length }) : undefined} actions={<Incomplete show={(applications?.incomplete.length ?? 0) > 0} parts={applications?.incomplete} />}>
      {!applications && <ProblemAlert error={error} onRetry={onRetry} />}
      {!applications && error == null && <SkeletonRows rows={5} />}
      {list?.length === 0 && <EmptyState title={t("empty.title")}>{t("empty.body")}</EmptyState>}
      {list && list.length > 0 && <ApplicationTable page={page} applications={list} />}
    </Panel>
  );
}

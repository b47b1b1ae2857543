import { useQuery } from "@tanstack/react-query";
import type { Apm } from "@naru/api";
import { useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { serverNow } from "../../data/clock";
import { dashboardQuery } from "../../data/dashboard";
import { applicationsQuery, scopeOf } from "../../data/queries";
import { fieldFigures } from "../../live/fieldFigures";
import { useField } from "../../live/useField";
import { useLiveRefresh } from "../../live/useLiveRefresh";
import { selectionOf } from "../../view/box";
import { useView } from "../../view/useView";
import { ApplicationPanel } from "../applications/ApplicationPanel";
import { FieldPanel } from "../transactions/FieldPanel";
import { SelectionDock } from "../transactions/SelectionDock";
import { usePageTitle } from "../../view/usePageTitle";
import { RequestFlow } from "./flow/RequestFlow";
import { NoData } from "./NoData";
import { ApdexChart, ErrorChart, ResponseChart, TpsChart, UsersChart } from "./RequestCharts";
import { Resources } from "./resources/Resources";
import { Tiles } from "./Tiles";
import styles from "./Dashboard.module.css";

const FIELD_HEIGHT = 350;

/** The first screen: figures, Request Flow, the Transaction Field, lines over time, applications. A selected box opens its list below. */
export function DashboardPage() {
  const page = useView();
  const { t } = useTranslation("dashboard");
  usePageTitle(t("title"));
  const field = useField(page);
  useLiveRefresh(page);
  const figures = useMemo(() => fieldFigures(field.model, serverNow()), [field.model, field.tick, field.status]);
  const steps = useQuery(dashboardQuery(scopeOf(page)));
  const selection = selectionOf(page.view);
  const applications = useQuery(applicationsQuery(page.project, page.window));
  const silent = steps.data?.totals.transactions === 0 && applications.data?.applications.length === 0;
  const busiest = useMemo(() => byWeight(applications.data), [applications.data]);
  const fieldPlace = useRef<HTMLDivElement>(null);
  const selected = selection !== null;
  // The list covers the lower part of the page: the field it was selected in moves up, so that both are seen.
  useEffect(() => {
    if (selected) fieldPlace.current?.scrollIntoView({ block: "start" });
  }, [selected]);
  return (
    <div className={styles.page}>
      <h1 className="naru-visually-hidden">{t("title")}</h1>
      <div className={styles.scroll}>
        {silent && <NoData page={page} />}
        <Tiles page={page} steps={steps} applications={applications} />
        <RequestFlow page={page} figures={steps} />
        <div ref={fieldPlace} className={styles.first}>
          <FieldPanel page={page} field={field} figures={figures} height={FIELD_HEIGHT} />
          <TpsChart page={page} figures={steps} />
          <ErrorChart page={page} figures={steps} />
        </div>
        <div className={styles.charts}>
          <ResponseChart page={page} figures={steps} />
          <ApdexChart page={page} figures={steps} />
          <UsersChart page={page} figures={steps} />
        </div>
        <Resources page={page} applications={busiest} figures={steps} />
        <ApplicationPanel page={page} applications={applications.data} error={applications.error} onRetry={() => void applications.refetch()} />
      </div>
      {selection && <SelectionDock page={page} box={selection} />}
    </div>
  );
}

/** Names of applications, the busiest first. */
function byWeight(applications: Apm.Applications | undefined): string[] {
  return [...(applications?.applications ?? [])].sort((a, b) => b.transactions - a.transactions).map(({ name }) => name);
}

import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { serverNow } from "../../data/clock";
import { applicationsQuery } from "../../data/queries";
import { fieldFigures } from "../../live/fieldFigures";
import { useField } from "../../live/useField";
import { selectionOf } from "../../view/box";
import { useView } from "../../view/useView";
import { ApplicationPanel } from "../applications/ApplicationPanel";
import { FieldPanel } from "../transactions/FieldPanel";
import { SelectionDock } from "../transactions/SelectionDock";
import { usePageTitle } from "../../view/usePageTitle";
import { Charts } from "./Charts";
import { NoData } from "./NoData";
import { Tiles } from "./Tiles";
import styles from "./Dashboard.module.css";

/** The first screen: figures, the Transaction Field, lines over time, applications. A selected box opens its list below. */
export function DashboardPage() {
  const page = useView();
  usePageTitle(useTranslation("dashboard").t("title"));
  const field = useField(page);
  const figures = useMemo(() => fieldFigures(field.model, serverNow()), [field.model, field.tick, field.status]);
  const selection = selectionOf(page.view);
  const applications = useQuery(applicationsQuery(page.project, page.window));
  const silent = figures?.totals.count === 0 && applications.data?.applications.length === 0;
  const fieldPlace = useRef<HTMLDivElement>(null);
  const selected = selection !== null;
  // The list covers the lower part of the page: the field it was selected in moves up, so that both are seen.
  useEffect(() => {
    if (selected) fieldPlace.current?.scrollIntoView({ block: "start" });
  }, [selected]);
  return (
    <div className={styles.page}>
      <div className={styles.scroll}>
        {silent && <NoData page={page} />}
        <Tiles page={page} figures={figures} applications={applications.data} failed={field.status.kind === "failed"} />
        <div ref={fieldPlace} className={styles.place}>
          <FieldPanel page={page} field={field} figures={figures} height={330} />
        </div>
        <Charts page={page} field={field} figures={figures} />
        <ApplicationPanel page={page} applications={applications.data} error={applications.error} onRetry={() => void applications.refetch()} />
      </div>
      {selection && <SelectionDock page={page} box={selection} />}
    </div>
  );
}

import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { applicationsQuery } from "../../data/queries";
import { useLiveRefresh } from "../../live/useLiveRefresh";
import { useView } from "../../view/useView";
import { usePageTitle } from "../../view/usePageTitle";
import { ApplicationPanel } from "./ApplicationPanel";

/** All applications of the project in the chosen time. */
export function ApplicationsPage() {
  const page = useView();
  usePageTitle(useTranslation("applications").t("title"));
  useLiveRefresh(page);
  const { data, error, refetch } = useQuery(applicationsQuery(page.project, page.window));
  return (
    <div style={{ padding: 12 }}>
      <ApplicationPanel page={page} applications={data} error={error} onRetry={() => void refetch()} />
    </div>
  );
}

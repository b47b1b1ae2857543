import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useTitle } from "@naru/ui";
import { meQuery } from "../data/queries";

/** Names the tab: `Transactions · shop — Naru`. Undefined while the page doesn't know its name. */
export function usePageTitle(page: string | undefined): void {
  const { project } = useParams({ from: "/p/$project" });
  const { data: me } = useQuery(meQuery);
  useTitle(page, me?.projects.find(({ id }) => id === project)?.name);
}

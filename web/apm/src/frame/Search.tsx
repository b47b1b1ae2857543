import { Spotlight, type SpotlightActionGroupData } from "@mantine/spotlight";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { Apm } from "@naru/api";
import { getChoseong } from "es-hangul";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { applicationsQuery } from "../data/queries";
import { useNameOf } from "../parts/ShownName";
import { viewOf } from "../view/search";
import { NO_BOX, type PageView } from "../view/useView";
import { Icon } from "./Icon";

const PAGES = [
  { to: "/p/$project", key: "dashboard" },
  { to: "/p/$project/applications", key: "applications" },
  { to: "/p/$project/map", key: "map" },
  { to: "/p/$project/transactions", key: "transactions" },
  { to: "/p/$project/metrics", key: "metrics" },
  { to: "/p/$project/logs", key: "logs" },
] as const;

/** Ctrl-K: pages, applications, projects, a trace by its id. Korean also by initial consonants (ㄷㅅㅂㄷ). */
export function Search({ me, page }: { me: Apm.Me; page: PageView }) {
  const { t } = useTranslation("frame");
  const navigate = useNavigate();
  const [query, setQuery] = useState("");
  const { data } = useQuery(applicationsQuery(page.project, page.window));
  const search = (before: Record<string, unknown>) => ({ ...viewOf(before), ...NO_BOX });
  const nameOf = useNameOf();
  const matches = (label: string) => found(label, query);
  const trace = /^[0-9a-f]{32}$/i.exec(query.trim())?.[0]?.toLowerCase();
  const groups: SpotlightActionGroupData[] = [
    {
      group: t("search.traces"),
      actions: trace === undefined ? [] : [{ id: "trace", label: t("search.trace", { id: trace }), onClick: () => void navigate({ to: "/p/$project/traces/$traceId", params: { project: page.project, traceId: trace }, search }) }],
    },
    {
      group: t("search.pages"),
      actions: PAGES.filter(({ key }) => matches(t(`nav.${key}`))).map(({ to, key }) => ({ id: key, label: t(`nav.${key}`), onClick: () => void navigate({ to, params: { project: page.project }, search }) })),
    },
    {
      group: t("search.applications"),
      actions: (data?.applications ?? []).filter(({ name }) => matches(nameOf(name))).slice(0, 12).map(({ name }) => ({ id: `app ${name}`, label: nameOf(name), onClick: () => page.change({ application: name, instance: undefined, ...NO_BOX }) })),
    },
    {
      group: t("search.projects"),
      actions: me.projects.filter(({ name }) => matches(name)).slice(0, 12).map(({ id, name }) => ({ id, label: name, onClick: () => void navigate({ to: "/p/$project", params: { project: id } }) })),
    },
  ].filter(({ actions }) => actions.length > 0);
  return (
    <Spotlight
      actions={groups}
      query={query}
      onQueryChange={setQuery}
      filter={(_query, actions) => actions}
      nothingFound={t("search.nothing")}
      shortcut={["mod + K"]}
      scrollable
      maxHeight={420}
      searchProps={{ leftSection: <Icon name="search" />, placeholder: t("search.placeholder"), "aria-label": t("search.open") }}
    />
  );
}

function found(label: string, query: string): boolean {
  const wanted = query.trim().toLowerCase();
  return label.toLowerCase().includes(wanted) || (/^[ㄱ-ㅎ]+$/.test(wanted) && getChoseong(label).includes(wanted));
}

import { useTranslation } from "react-i18next";
import { ButtonLink } from "../../link/links";
import { viewOf } from "../../view/search";
import { NO_BOX, type PageView } from "../../view/useView";
import type { Graph, Node } from "./graph";
import { linksOf, type NodeLink } from "./links";
import styles from "./NodePanel.module.css";

/** Where to go on from a node; nothing for one that leads nowhere. */
export function NodeLinks({ page, graph, node }: { page: PageView; graph: Graph; node: Node }) {
  const links = linksOf(node, graph);
  return links.length === 0 ? null : (
    <div className={styles.links}>
      {links.map((link) => (
        <To key={JSON.stringify(link)} project={page.project} link={link} />
      ))}
    </div>
  );
}

function To({ project, link }: { project: string; link: NodeLink }) {
  const { t } = useTranslation("map");
  const of = (application: string | undefined) => ({ application, instance: undefined, ...NO_BOX });
  const params = { project };
  switch (link.page) {
    case "dashboard":
      return (
        <ButtonLink to="/p/$project" params={params} search={(before) => ({ ...viewOf(before), ...of(link.application) })} size="compact-sm">
          {t("panel.dashboard")}
        </ButtonLink>
      );
    case "logs":
      return (
        <ButtonLink to="/p/$project/logs" params={params} search={(before) => ({ ...viewOf(before), ...of(link.application) })} size="compact-sm" variant="default">
          {t("panel.logs")}
        </ButtonLink>
      );
    case "transactions":
      return (
        <ButtonLink to="/p/$project/transactions" params={params} search={(before) => ({ ...viewOf(before), ...of(link.application) })} size="compact-sm" variant="default">
          {t("panel.transactions")}
        </ButtonLink>
      );
    case "readers":
      return (
        <ButtonLink to="/p/$project/transactions" params={params} search={(before) => ({ ...viewOf(before), ...of(undefined), attr: link.attr })} size="compact-sm" variant="default" title={link.attr}>
          {t("panel.readers")}
        </ButtonLink>
      );
    case "neighbour":
      return (
        <ButtonLink to="/p/$project/transactions" params={params} search={(before) => ({ ...viewOf(before), ...of(link.application), ...(link.sort ? { sort: link.sort } : {}) })} size="compact-sm" variant="default">
          {t(link.sort === "-sql" ? "panel.bySql" : link.sort === "-external" ? "panel.byExternal" : "panel.of", { application: link.application })}
        </ButtonLink>
      );
  }
}

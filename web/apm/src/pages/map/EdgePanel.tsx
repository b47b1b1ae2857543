import { ActionIcon, Button } from "@mantine/core";
import type { Apm } from "@naru/api";
import { Panel, useFormat } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { Icon } from "../../frame/Icon";
import type { PageView } from "../../view/useView";
import type { Edge, Graph } from "./graph";
import { NodeIcon } from "./NodeIcon";
import { NodeLinks } from "./NodeLinks";
import { CHANGE_SIGNS, useMapWords } from "./useMapWords";
import styles from "./NodePanel.module.css";

interface Props {
  page: PageView;
  graph: Graph;
  edge: Edge;
  compared: boolean;
  /** A node at one of its ends. */
  onChoose: (id: string) => void;
  onCompare: () => void;
  onClose: () => void;
}

/** How one thing calls another, now and in the stretch compared with, and the way to both. */
export function EdgePanel({ page, graph, edge, compared, onChoose, onCompare, onClose }: Props) {
  const { t } = useTranslation("map");
  const { t: parts } = useTranslation("parts");
  const words = useMapWords();
  const [from, to] = [edge.from, edge.to].map((id) => graph.nodes.find((node) => node.id === id));
  const title = `${from ? words.name(from) : edge.from} → ${to ? words.name(to) : edge.to}`;
  return (
    <aside className={styles.aside} aria-label={title} data-testid="edge-panel">
      <Panel
        className={styles.panel}
        title={title}
        actions={
          <ActionIcon variant="subtle" color="gray" aria-label={parts("close")} onClick={onClose}>
            <Icon name="close" />
          </ActionIcon>
        }
      >
        <p className={styles.kind}>{edge.change ? <b>{`${CHANGE_SIGNS[edge.change]} ${words.change(edge)}`}</b> : t("panel.calls")}</p>
        <Figures edge={edge} compared={compared} />
        {!compared && (
          <Button size="compact-sm" variant="default" mb={12} onClick={onCompare}>
            {t("panel.compare")}
          </Button>
        )}
        {[from, to].map((node, index) =>
          node ? (
            <section key={index} className={styles.calls}>
              <h3>{t(index === 0 ? "table.from" : "table.to")}</h3>
              <button type="button" onClick={() => onChoose(node.id)}>
                <NodeIcon kind={node.kind} size={13} />
                <span>{words.name(node)}</span>
              </button>
              {node.kind === "application" && <NodeLinks page={page} graph={graph} node={node} />}
            </section>
          ) : null,
        )}
      </Panel>
    </aside>
  );
}

/** Figures of now, and beside them those from before. */
function Figures({ edge, compared }: Pick<Props, "edge" | "compared">) {
  const { t } = useTranslation("map");
  const words = useMapWords();
  const format = useFormat();
  const now = edge.change === "gone" ? null : edge;
  const before = edge.before;
  const rows: [string, (of: Apm.MapEdge) => string][] = [
    [t("panel.calls"), ({ calls }) => format.number(calls)],
    [t("rateTitle"), ({ rate }) => words.rate(rate)],
    [t("errorRate"), ({ errors, error_rate }) => `${errors > 0 ? "✕ " : ""}${words.percent(error_rate)}`],
    ["p50", ({ p50_ms }) => words.duration(p50_ms)],
    ["p95", ({ p95_ms }) => words.duration(p95_ms)],
  ];
  return (
    <table className={styles.compared}>
      {compared && (
        <thead>
          <tr>
            <td />
            <th scope="col">{t("panel.now")}</th>
            <th scope="col">{t("panel.before")}</th>
          </tr>
        </thead>
      )}
      <tbody>
        {rows.map(([name, say]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{now ? say(now) : "–"}</td>
            {compared && <td>{before ? say(before) : "–"}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

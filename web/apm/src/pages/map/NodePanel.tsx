import { ActionIcon } from "@mantine/core";
import { Panel, useFormat } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { Icon } from "../../frame/Icon";
import type { PageView } from "../../view/useView";
import { around, type Edge, type Graph, type Node } from "./graph";
import { NodeIcon } from "./NodeIcon";
import { NodeLinks } from "./NodeLinks";
import { CHANGE_SIGNS, useMapWords } from "./useMapWords";
import styles from "./NodePanel.module.css";

interface Props {
  page: PageView;
  graph: Graph;
  node: Node;
  onChoose: (id: string) => void;
  onChooseEdge: (id: string) => void;
  onClose: () => void;
}

/** One node's figures, who calls it and whom it calls, and the way to its transactions. */
export function NodePanel({ page, graph, node, onChoose, onChooseEdge, onClose }: Props) {
  const { t } = useTranslation("map");
  const { t: parts } = useTranslation("parts");
  const words = useMapWords();
  const { callers, called } = around(graph, node.id);
  return (
    <aside className={styles.aside} aria-label={words.name(node)} data-testid="map-panel">
      <Panel
        className={styles.panel}
        title={
          <span className={styles.title}>
            <NodeIcon kind={node.kind} />
            {words.name(node)}
          </span>
        }
        actions={
          <ActionIcon variant="subtle" color="gray" aria-label={parts("close")} onClick={onClose}>
            <Icon name="close" />
          </ActionIcon>
        }
      >
        <p className={styles.kind}>
          {words.kind(node)}
          {node.change && ` · ${CHANGE_SIGNS[node.change]} ${t(`changes.${node.change}`)}`}
        </p>
        {words.others(node) && <p className={styles.kind}>{words.others(node)}</p>}
        {node.kind !== "outside" && <Figures node={node} />}
        <NodeLinks page={page} graph={graph} node={node} />
        <Calls title={t("panel.callers")} none={t("panel.noCallers")} edges={callers} graph={graph} end="from" onChoose={onChoose} onChooseEdge={onChooseEdge} />
        <Calls title={t("panel.called")} none={t("panel.noCalled")} edges={called} graph={graph} end="to" onChoose={onChoose} onChooseEdge={onChooseEdge} />
      </Panel>
    </aside>
  );
}

function Figures({ node }: { node: Node }) {
  const { t } = useTranslation("map");
  const format = useFormat();
  const words = useMapWords();
  const { totals } = node;
  const rows = [
    [t(node.kind === "application" ? "panel.transactionsCount" : "panel.calls"), format.number(totals.transactions)],
    [t("rateTitle"), words.rate(totals.tps)],
    [t("errorRate"), `${totals.errors > 0 ? "✕ " : ""}${words.percent(totals.error_rate)}`],
    ["p50", words.duration(totals.p50_ms)],
    ["p95", words.duration(totals.p95_ms)],
    ["p99", words.duration(totals.p99_ms)],
    [t("panel.mean"), words.duration(totals.mean_ms)],
    [t("panel.max"), words.duration(totals.max_ms)],
    ...(totals.apdex && node.kind === "application" ? [["APDEX", totals.apdex.score.toFixed(2)]] : []),
  ];
  return (
    <dl className={styles.figures}>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

interface CallsProps {
  title: string;
  none: string;
  edges: readonly Edge[];
  graph: Graph;
  end: "from" | "to";
  onChoose: (id: string) => void;
  onChooseEdge: (id: string) => void;
}

function Calls({ title, none, edges, graph, end, onChoose, onChooseEdge }: CallsProps) {
  const { t } = useTranslation("map");
  const words = useMapWords();
  return (
    <section className={styles.calls}>
      <h3>{title}</h3>
      {edges.length === 0 && <p className={styles.kind}>{none}</p>}
      <ul>
        {edges.map((edge) => {
          const other = graph.nodes.find(({ id }) => id === edge[end]);
          const change = words.change(edge);
          return (
            <li key={edge.id}>
              <button type="button" onClick={() => onChoose(edge[end])}>
                {other && <NodeIcon kind={other.kind} size={13} />}
                <span>{other ? words.name(other) : edge[end]}</span>
              </button>
              <button type="button" className={styles.call} onClick={() => onChooseEdge(edge.id)} title={t("table.detail")}>
                {edge.change !== "gone" && `${words.rate(edge.rate)} · p95 ${words.duration(edge.p95_ms)}${edge.errors > 0 ? ` · ✕ ${words.percent(edge.error_rate)}` : ""}`}
                {edge.change && <b>{` ${CHANGE_SIGNS[edge.change]} ${change}`}</b>}
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

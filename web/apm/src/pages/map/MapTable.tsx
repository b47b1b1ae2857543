import { useFormat } from "@naru/ui";
import { useTranslation } from "react-i18next";
import type { Graph } from "./graph";
import { NodeIcon } from "./NodeIcon";
import { CHANGE_SIGNS, useMapWords } from "./useMapWords";
import grid from "../../parts/Grid.module.css";
import styles from "./Map.module.css";

interface Props {
  graph: Graph;
  compared: boolean;
  onChoose: (id: string) => void;
  onChooseEdge: (id: string) => void;
}

/** The map in rows: first what there is, then who calls whom. */
export function MapTable({ graph, compared, onChoose, onChooseEdge }: Props) {
  return (
    <div className={styles.tables} data-testid="map-table">
      <Nodes graph={graph} compared={compared} onChoose={onChoose} />
      <Calls graph={graph} compared={compared} onChoose={onChoose} onChooseEdge={onChooseEdge} />
    </div>
  );
}

function Nodes({ graph, compared, onChoose }: Omit<Props, "onChooseEdge">) {
  const { t } = useTranslation("map");
  const words = useMapWords();
  const nodes = graph.nodes.filter(({ kind }) => kind !== "outside").sort((a, b) => b.totals.tps - a.totals.tps);
  return (
    <div className={grid.scroll}>
      <table className={grid.table}>
        <caption className={styles.caption}>{t("table.nodes")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("table.name")}</th>
            <th scope="col">{t("table.kind")}</th>
            <Heads />
            {compared && <th scope="col">{t("table.change")}</th>}
          </tr>
        </thead>
        <tbody>
          {nodes.map((node) => (
            <tr key={node.id}>
              <td>
                <NameButton graph={graph} id={node.id} onChoose={onChoose} />
              </td>
              <td>{words.kind(node)}</td>
              <Figures rate={node.totals.tps} errors={node.totals.errors} error_rate={node.totals.error_rate} p50_ms={node.totals.p50_ms} p95_ms={node.totals.p95_ms} />
              {compared && <td>{node.change ? `${CHANGE_SIGNS[node.change]} ${t(`changes.${node.change}`)}` : ""}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Calls({ graph, compared, onChoose, onChooseEdge }: Props) {
  const { t } = useTranslation("map");
  const words = useMapWords();
  const edges = [...graph.edges].sort((a, b) => b.rate - a.rate);
  return (
    <div className={grid.scroll}>
      <table className={grid.table}>
        <caption className={styles.caption}>{t("table.calls")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("table.from")}</th>
            <th scope="col">{t("table.to")}</th>
            <Heads />
            {compared && <th scope="col">{t("table.change")}</th>}
            <td />
          </tr>
        </thead>
        <tbody>
          {edges.map((edge) => (
            <tr key={edge.id} data-testid="map-call">
              <td>
                <NameButton graph={graph} id={edge.from} onChoose={onChoose} />
              </td>
              <td>
                <NameButton graph={graph} id={edge.to} onChoose={onChoose} />
              </td>
              <Figures rate={edge.rate} errors={edge.errors} error_rate={edge.error_rate} p50_ms={edge.p50_ms} p95_ms={edge.p95_ms} />
              {compared && <td>{edge.change ? `${CHANGE_SIGNS[edge.change]} ${words.change(edge)}` : ""}</td>}
              <td>
                <button type="button" className={styles.detail} onClick={() => onChooseEdge(edge.id)} aria-label={`${t("table.detail")}: ${edge.id}`}>
                  {t("table.detail")}
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Heads() {
  const { t } = useTranslation("map");
  return (
    <>
      {[t("rateTitle"), t("errorRate"), "p50", "p95"].map((head) => (
        <th key={head} scope="col" className={grid.number}>
          {head}
        </th>
      ))}
    </>
  );
}

interface FiguresProps {
  rate: number;
  errors: number;
  error_rate: number;
  p50_ms: number | null;
  p95_ms: number | null;
}

function Figures({ rate, errors, error_rate, p50_ms, p95_ms }: FiguresProps) {
  const words = useMapWords();
  const format = useFormat();
  return (
    <>
      <td className={grid.number}>{words.rate(rate)}</td>
      <td className={grid.number} style={errors > 0 ? { color: "var(--naru-bad)" } : undefined}>
        {errors > 0 && <span aria-hidden>✕ </span>}
        {format.percent(error_rate)}
      </td>
      <td className={grid.number}>{words.duration(p50_ms)}</td>
      <td className={grid.number}>{words.duration(p95_ms)}</td>
    </>
  );
}

function NameButton({ graph, id, onChoose }: { graph: Graph; id: string; onChoose: (id: string) => void }) {
  const words = useMapWords();
  const node = graph.nodes.find((one) => one.id === id);
  return (
    <button type="button" className={styles.nameButton} title={node && words.others(node)} onClick={() => onChoose(id)}>
      {node && <NodeIcon kind={node.kind} size={14} />}
      {node ? words.name(node) : id}
    </button>
  );
}

import { Button, SegmentedControl, Select, Skeleton } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { EmptyState, Panel, ProblemAlert } from "@naru/ui";
import { useCallback, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useConsoleLink } from "../../data/consoleUrl";
import { meQuery, scopeOf } from "../../data/queries";
import { serviceMapQuery } from "../../data/serviceMap";
import { useLiveRefresh } from "../../live/useLiveRefresh";
import { Incomplete } from "../../parts/Incomplete";
import { EARLIER, earlierIn } from "../../view/earlier";
import { usePageTitle } from "../../view/usePageTitle";
import { NO_BOX, useView, type PageView } from "../../view/useView";
import { EdgePanel } from "./EdgePanel";
import { graphOf, type Graph } from "./graph";
import type { Box } from "./layout";
import { Legend } from "./Legend";
import { MapCanvas } from "./MapCanvas";
import { MapTable } from "./MapTable";
import { NodePanel } from "./NodePanel";
import { usePlaces } from "./usePlaces";
import styles from "./Map.module.css";

const NOTHING = "nothing";

/** Who calls whom, how often and how well, now or against an earlier stretch of time. */
export function MapPage() {
  const { t } = useTranslation("map");
  const page = useView();
  usePageTitle(t("title"));
  useLiveRefresh(page);
  const { compare, node, edge, as } = useSearch({ from: "/p/$project/map" });
  const navigate = useNavigate({ from: "/p/$project/map" });
  const scope = scopeOf(page);
  const map = useQuery(serviceMapQuery(scope, "now"));
  const before = useQuery({ ...serviceMapQuery(scope, compare ?? "before"), enabled: compare !== undefined });
  // Against a time of which nothing is known, all would be new.
  const unknown = compare !== undefined && before.data?.nodes.length === 0;
  const compared = compare !== undefined && before.data !== undefined && !unknown;
  const graph = useMemo(() => (map.data ? graphOf(map.data, compared ? (before.data ?? null) : null) : null), [map.data, before.data, compared]);
  const choose = useCallback((id: string | undefined) => void navigate({ search: (now) => ({ ...now, node: id, edge: undefined }) }), [navigate]);
  const chooseEdge = useCallback((id: string | undefined) => void navigate({ search: (now) => ({ ...now, edge: id, node: undefined }) }), [navigate]);
  const compareWith = (when: typeof compare) => void navigate({ search: (now) => ({ ...now, compare: when }) });
  const beside = useRef<HTMLDivElement>(null);
  const box = useCallback(() => ({ width: beside.current?.clientWidth ?? 0, height: beside.current?.clientHeight ?? 0 }), []);
  const call = graph?.edges.find(({ id }) => id === edge);
  const chosen = graph?.nodes.find(({ id }) => id === node);
  const focus = chosen?.id ?? (page.view.application === undefined ? null : `service:${page.view.application}`);
  const incomplete = [...(map.data?.incomplete ?? []), ...(compared ? (before.data?.incomplete ?? []) : [])];
  return (
    <div className={styles.page}>
      <h1 className="naru-visually-hidden">{t("title")}</h1>
      <Panel
        className={styles.panel}
        title={t("title")}
        note={graph ? t("note", { nodes: graph.nodes.length, calls: graph.edges.length }) : undefined}
        actions={
          <div className={styles.actions}>
            <Incomplete show={incomplete.length > 0} parts={incomplete} />
            {unknown && (
              <span className={styles.unknown} role="status">
                {t("compare.unknown")}
              </span>
            )}
            <Select
              size="xs"
              w={190}
              aria-label={t("compare.label")}
              allowDeselect={false}
              value={compare ?? NOTHING}
              data={([NOTHING, ...EARLIER] as const).map((value) => ({ value, label: t(`compare.${value}`) }))}
              onChange={(value) => compareWith(earlierIn(value))}
              data-testid="compare"
            />
            <SegmentedControl
              size="xs"
              aria-label={t("as.label")}
              value={as ?? "map"}
              data={[
                { value: "map", label: t("as.map") },
                { value: "table", label: t("as.table") },
              ]}
              onChange={(value) => void navigate({ search: (now) => ({ ...now, as: value === "table" ? "table" : undefined }) })}
            />
          </div>
        }
      >
        <ProblemAlert error={map.error ?? (compare === undefined ? null : before.error)} onRetry={() => void Promise.all([map.refetch(), ...(compare === undefined ? [] : [before.refetch()])])} />
        {!graph && !map.error && <Skeleton className={styles.waiting} radius={8} />}
        {graph?.nodes.length === 0 && <Empty page={page} />}
        {graph && graph.nodes.length > 0 && (
          <>
            <div ref={beside} className={styles.beside}>
              {as === "table" ? <MapTable graph={graph} compared={compared} onChoose={choose} onChooseEdge={chooseEdge} /> : <Drawn box={box} graph={graph} compared={compared} focus={focus} edge={call?.id ?? null} onChoose={choose} onChooseEdge={chooseEdge} />}
              {chosen && <NodePanel page={page} graph={graph} node={chosen} onChoose={choose} onChooseEdge={chooseEdge} onClose={() => choose(undefined)} />}
              {call && <EdgePanel page={page} graph={graph} edge={call} compared={compared} onChoose={choose} onCompare={() => compareWith("before")} onClose={() => chooseEdge(undefined)} />}
            </div>
            <Legend graph={graph} compared={compared} />
          </>
        )}
      </Panel>
    </div>
  );
}

interface DrawnProps {
  /** How large the place for the map is while nothing stands beside it. */
  box: () => Box;
  graph: Graph;
  compared: boolean;
  focus: string | null;
  edge: string | null;
  onChoose: (id: string) => void;
  onChooseEdge: (id: string) => void;
}

function Drawn({ box, graph, compared, focus, edge, onChoose, onChooseEdge }: DrawnProps) {
  const narrow = useMediaQuery("(max-width: 860px)", false, { getInitialValueInEffect: false });
  const { places, failed } = usePlaces(graph, narrow, box);
  // Without places there are still rows.
  if (failed && !places) return <MapTable graph={graph} compared={compared} onChoose={onChoose} onChooseEdge={onChooseEdge} />;
  if (!places) return <Skeleton className={styles.waiting} radius={8} />;
  return <MapCanvas graph={graph} places={places} focus={focus} edge={edge} onChoose={onChoose} onChooseEdge={onChooseEdge} />;
}

function Empty({ page }: { page: PageView }) {
  const { t } = useTranslation("map");
  const { data: me } = useQuery(meQuery);
  const inConsole = useConsoleLink(me);
  return (
    <EmptyState
      title={t("empty.title")}
      action={
        <div className={styles.actions}>
          <Button component="a" {...inConsole(`/projects/${encodeURIComponent(page.project)}/install`)}>
            {t("empty.install")}
          </Button>
          <Button variant="default" onClick={() => page.change({ range: "24h", from: undefined, to: undefined, ...NO_BOX })}>
            {t("empty.wider")}
          </Button>
        </div>
      }
    >
      {t("empty.body")}
    </EmptyState>
  );
}

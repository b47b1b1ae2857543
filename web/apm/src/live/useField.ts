import { answer, type Apm } from "@naru/api";
import { FieldModel, type FieldStatus, type FieldView, type HeatmapQuestion } from "@naru/charts";
import { useEffect, useMemo, useRef, useState } from "react";
import { client } from "../data/client";
import { serverNow } from "../data/clock";
import { leaveForLogin } from "../data/login";
import { only, type Scope } from "../data/queries";
import type { PageView } from "../view/useView";
import { useReportFailed } from "./connection";
import { useFollow } from "./LiveFeed";

export interface Field {
  model: FieldModel;
  view: FieldView;
  status: FieldStatus;
  /** Grows at most once a second while data comes; figures derived from the model are read anew then. */
  tick: number;
  retry: () => void;
}

const TICK_MS = 1000;

/** The Transaction Field of a page: its history, and while the window slides what is pushed on top. */
export function useField({ project, view, window }: PageView): Field {
  const { application, instance } = view;
  const scope = useRef({ project, application, instance });
  scope.current = { project, application, instance };
  const model = useMemo(() => new FieldModel({ now: serverNow, ask: (question, signal) => askHeatmap(scope.current, question, signal) }), []);
  const fieldView = useMemo<FieldView>(
    () => ({ key: `${project} ${application ?? ""} ${instance ?? ""}`, window, scale: view.scale ?? "log", max_ms: view.top_ms ?? 10_000 }),
    [project, application, instance, window, view.scale, view.top_ms],
  );
  const ours = ({ application: of, instance: at }: Apm.LivePoint) => application === undefined || (of === application && (instance === undefined || at === instance));
  useFollow(window.kind === "sliding" ? { onPoints: (points) => pushTo(model, points.filter(ours)), onMissed: () => model.refresh() } : null);
  useEffect(() => () => model.stop(), [model]);
  const { status, tick } = useModelTick(model);
  useReportFailed(status);
  return { model, view: fieldView, status, tick, retry: () => model.refresh() };
}

function pushTo(model: FieldModel, points: Apm.LivePoint[]): void {
  if (points.length > 0) model.push(points);
}

function useModelTick(model: FieldModel): { status: FieldStatus; tick: number } {
  const [state, setState] = useState({ status: model.status, tick: 0 });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = () => {
      timer = undefined;
      setState({ status: model.status, tick: model.version });
    };
    const stop = model.subscribe(() => {
      if (model.status.kind !== "ready" || model.version < 3) read();
      else timer ??= setTimeout(read, TICK_MS);
    });
    // Time passes without data too: the newest columns of a quiet application are zeros.
    const passing = setInterval(() => setState(({ tick }) => ({ status: model.status, tick: tick + 0.001 })), 5000);
    return () => {
      stop();
      clearTimeout(timer);
      clearInterval(passing);
    };
  }, [model]);
  return state;
}

async function askHeatmap(scope: Pick<Scope, "project" | "application" | "instance">, question: HeatmapQuestion, signal: AbortSignal) {
  const { from_ms: from, to_ms: to, ...cut } = question;
  const query = { from, to, ...cut, ...only(scope) };
  try {
    const heatmap = await answer(client.GET("/projects/{id}/heatmap", { params: { path: { id: scope.project }, query }, signal }));
    // The client's types turn cells into plain arrays.
    return { ...(heatmap as Apm.Heatmap), complete: heatmap.incomplete.length === 0 };
  } catch (error) {
    if (!signal.aborted) leaveForLogin(error);
    throw error;
  }
}


import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { FieldWindow } from "@naru/charts";
import { useCallback, useMemo } from "react";
import { lengthOf, RANGE_MS_MAX, windowOf } from "./ranges";
import { viewOf, type View } from "./search";
import { serverNow } from "../data/clock";

/** Of any page of a project: its id, what the URL says, and how to change it. */
export interface PageView {
  project: string;
  view: View;
  window: FieldWindow;
  /** Changes part of the view; `undefined` takes a part away. */
  change: (part: Partial<View>) => void;
}

export function useView(): PageView {
  const { project } = useParams({ from: "/p/$project" });
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const view = useMemo(() => viewOf(search as Record<string, unknown>), [search]);
  const window = useMemo(() => windowOf(view), [view]);
  const change = useCallback(
    (part: Partial<View>) => void navigate({ to: ".", search: (before) => ({ ...before, ...part }), replace: false }),
    [navigate],
  );
  return { project, view, window, change };
}

/** Stops a sliding window where it stands now. */
export function pausedAt(window: FieldWindow): Partial<View> {
  const to = Math.floor(serverNow());
  return { from: to - lengthOf(window), to };
}

/** A fixed stretch of time, cut to what a question may span. */
export function fixedRange(fromMs: number, toMs: number): Partial<View> {
  const [from, to] = [Math.floor(Math.min(fromMs, toMs)), Math.ceil(Math.max(fromMs, toMs))];
  return { from: Math.max(from, to - RANGE_MS_MAX), to: Math.max(to, from + 1000), ...NO_BOX };
}

export const NO_BOX: Partial<View> = { box_from: undefined, box_to: undefined, min_ms: undefined, max_ms: undefined };

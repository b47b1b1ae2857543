import { useMemo } from "react";
import { serverNow } from "../../data/clock";
import { useScheme } from "../../parts/useScheme";
import { spanOf } from "../../view/ranges";
import { fixedRange, type PageView } from "../../view/useView";

/** About how high a chart is, CSS pixels. */
const HEIGHT = 126;

/** What all charts of a dashboard have in common: time, cursor, look, and what a dragged stretch does. */
export function useShared(page: PageView) {
  const scheme = useScheme();
  const { from, to } = spanOf(page.window, serverNow());
  const { project, change } = page;
  const onRange = useMemo(() => (a: number, b: number) => change(fixedRange(a, b)), [change]);
  return { from_ms: from, to_ms: to, height: HEIGHT, scheme, syncKey: project, onRange };
}

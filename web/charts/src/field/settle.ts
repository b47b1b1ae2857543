/**
 * How a cell counted by pushed points and a history answer become one number.
 *
 * The two overlap: a point pushed while the question was under way may or may not be in the answer already, and an answer is only
 * counts, so nothing can be told apart by id. But there are bounds. With `before` = what was shown when the question left, `arrived` =
 * points pushed since, `history` = the answer's count, the truth lies in `[history, history + arrived]`, and pushed points say
 * `before + arrived`. So the shown count is the pushed one, moved into these bounds: exact when nothing was lost, never counted
 * double, and mended by the next answer when a push was lost.
 *
 * An incomplete answer (a writer was away) may miss points we have seen, so it can only raise the count.
 */
export function settle(before: number, arrived: number, history: number, complete: boolean): number {
  const pushed = before + arrived;
  if (!complete) return Math.max(pushed, history);
  return Math.min(Math.max(pushed, history), history + arrived);
}

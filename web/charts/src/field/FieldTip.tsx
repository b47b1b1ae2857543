import type { AxisWords } from "./axes";
import type { FieldHover } from "./stage";
import styles from "./TransactionField.module.css";

export interface FieldTipWords extends Pick<AxisWords, "duration"> {
  /** `14:02:10 – 14:03:40` */
  span: (fromMs: number, toMs: number) => string;
  /** `1.2 s – 6 s`, or `> 10 s` when open at the top. */
  durations: (minMs: number, maxMs: number | null) => string;
  /** `1,204 transactions, 12 failed` */
  totals: (count: number, errors: number) => string;
}

const WIDTH_PX = 200;

/** What lies under the pointer; also said aloud while a box is moved by keyboard. */
export function FieldTip({ hover, fieldWidth, words }: { hover: FieldHover; fieldWidth: number; words: FieldTipWords }) {
  const left = hover.x + WIDTH_PX + 20 > fieldWidth ? hover.x - WIDTH_PX - 12 : hover.x + 14;
  return (
    <div className={styles.tip} style={{ left: Math.max(0, left), top: Math.max(0, hover.y - 10), width: WIDTH_PX }} role="status">
      <div className={hover.errors > 0 ? styles.tipFailed : styles.tipTotal}>{words.totals(hover.count, hover.errors)}</div>
      <div>{words.span(hover.box.from_ms, hover.box.to_ms)}</div>
      <div>{words.durations(hover.box.min_ms, hover.box.max_ms)}</div>
    </div>
  );
}

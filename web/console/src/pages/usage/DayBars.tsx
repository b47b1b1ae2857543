import { Tooltip } from "@mantine/core";
import { useFormat } from "@naru/ui";
import styles from "./DayBars.module.css";

interface Props {
  label: string;
  days: { day: string; value: number }[];
  show: (value: number) => string;
}

/** One bar per day; the table beside it says the same in numbers. */
export function DayBars({ label, days, show }: Props) {
  const format = useFormat();
  const most = Math.max(1, ...days.map((day) => day.value));
  const nameOf = (day: string) => format.time(`${day}T12:00:00Z`, "day");
  const first = days[0];
  const last = days.at(-1);
  return (
    <figure style={{ margin: 0 }} role="img" aria-label={label}>
      <div className={styles.most} aria-hidden>
        {show(most)}
      </div>
      <div className={styles.chart}>
        {days.map(({ day, value }) => (
          <Tooltip key={day} label={`${nameOf(day)} · ${show(value)}`}>
            <div className={styles.column}>
              <div className={styles.bar} style={{ height: value === 0 ? 0 : `max(2px, ${(value / most) * 100}%)` }} />
            </div>
          </Tooltip>
        ))}
      </div>
      <div className={styles.axis} aria-hidden>
        <span>{first && nameOf(first.day)}</span>
        <span>{last && nameOf(last.day)}</span>
      </div>
    </figure>
  );
}

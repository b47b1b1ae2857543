import { Tooltip } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { formatZone, useFormat } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { serverNow } from "../../data/clock";
import { usersQuery } from "../../data/dashboard";
import type { PageView } from "../../view/useView";
import styles from "./Dashboard.module.css";

const DAYS = ["today", "week", "month"] as const;

/** DAU, WAU and MAU, whatever window the page shows. Nothing where nobody is told apart. */
export function UsersOfDays({ page }: { page: PageView }) {
  const { t } = useTranslation("dashboard");
  const format = useFormat();
  const { data } = useQuery({ ...usersQuery(page.project, page.view.application), enabled: page.view.instance === undefined });
  if (page.view.instance !== undefined || !data || data.identity === null) return null;
  const zone = formatZone(serverNow(), data.time_zone);
  return (
    <ul className={styles.days} data-testid="users-of-days">
      {DAYS.map((days) => (
        <Tooltip key={days} label={t(`usersOf.${days}.why`, { zone })} events={{ hover: true, focus: true, touch: true }} multiline maw={280} withArrow>
          <li tabIndex={0}>
            {t(`usersOf.${days}.label`)} <b>{format.number(data[days].total)}</b>
          </li>
        </Tooltip>
      ))}
    </ul>
  );
}

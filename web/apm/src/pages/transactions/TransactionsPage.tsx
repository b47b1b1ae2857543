import { useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { serverNow } from "../../data/clock";
import { fieldFigures } from "../../live/fieldFigures";
import { useField } from "../../live/useField";
import { selectionOf } from "../../view/box";
import { useView } from "../../view/useView";
import { usePageTitle } from "../../view/usePageTitle";
import { filterOfBox, spanOfBox } from "./boxFilter";
import { FieldPanel } from "./FieldPanel";
import { Filters } from "./Filters";
import { TransactionList } from "./TransactionList";
import styles from "./TransactionsPage.module.css";

/** The field above, its transactions below: those of the selected box, or all of the chosen time. */
export function TransactionsPage() {
  const { t } = useTranslation("transactions");
  const page = useView();
  usePageTitle(t("list.title"));
  const { status, operation, attr } = useSearch({ from: "/p/$project/transactions" });
  const field = useField(page);
  const figures = useMemo(() => fieldFigures(field.model, serverNow()), [field.model, field.tick, field.status]);
  const selection = selectionOf(page.view);
  return (
    <div className={styles.page}>
      <FieldPanel page={page} field={field} figures={figures} height={262} />
      <div className={styles.list}>
        <TransactionList
          page={page}
          filter={{
            ...(selection ? filterOfBox(selection) : {}),
            ...(status ? { status } : {}),
            ...(operation === undefined ? {} : { operation }),
            ...(attr === undefined ? {} : { attr }),
          }}
          span={selection ? spanOfBox(selection) : null}
          title={t(selection ? "list.selected" : "list.all")}
          from="transactions"
          actions={<Filters />}
        />
      </div>
    </div>
  );
}

import { ActionIcon } from "@mantine/core";
import type { FieldBox } from "@naru/charts";
import { useTranslation } from "react-i18next";
import { Icon } from "../../frame/Icon";
import { ButtonLink } from "../../link/links";
import { NO_BOX, type PageView } from "../../view/useView";
import { TransactionList } from "./TransactionList";
import { useFieldWords } from "./useFieldWords";
import { filterOfBox, spanOfBox } from "./boxFilter";
import styles from "./SelectionDock.module.css";

/** The list of a selected box, below the page it was selected on. */
export function SelectionDock({ page, box }: { page: PageView; box: FieldBox }) {
  const { t } = useTranslation("transactions");
  const { t: parts } = useTranslation("parts");
  const words = useFieldWords();
  return (
    <div className={styles.dock} data-testid="selection">
      <TransactionList
        page={page}
        filter={filterOfBox(box)}
        span={spanOfBox(box)}
        title={t("list.selected")}
        from="dashboard"
        actions={
          <>
            <span className={styles.box}>
              {words.span(box.from_ms, box.to_ms)} · {words.durations(box.min_ms, box.max_ms)}
            </span>
            <ButtonLink to="/p/$project/transactions" params={{ project: page.project }} search={(before) => before} size="compact-xs" variant="default">
              {t("list.page")}
            </ButtonLink>
            <ActionIcon variant="subtle" color="gray" aria-label={parts("close")} onClick={() => page.change(NO_BOX)}>
              <Icon name="close" />
            </ActionIcon>
          </>
        }
      />
    </div>
  );
}

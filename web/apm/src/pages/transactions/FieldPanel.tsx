import { Button, SegmentedControl, Select, Skeleton } from "@mantine/core";
import { TransactionField } from "@naru/charts";
import { Panel, ProblemAlert, StatusDot, useFormat } from "@naru/ui";
import { useTranslation } from "react-i18next";
import type { FieldFigures } from "../../live/fieldFigures";
import type { Field } from "../../live/useField";
import { Incomplete } from "../../parts/Incomplete";
import { useScheme } from "../../parts/useScheme";
import { selectionOf, viewOfBox } from "../../view/box";
import { TOPS_MS } from "../../view/search";
import { NO_BOX, type PageView } from "../../view/useView";
import { useFieldWords } from "./useFieldWords";
import styles from "./FieldPanel.module.css";

interface Props {
  page: PageView;
  field: Field;
  figures: FieldFigures | null;
  height: number;
}

/** The Transaction Field with its controls. A selection goes into the URL. */
export function FieldPanel({ page, field, figures, height }: Props) {
  const { t } = useTranslation("transactions");
  const { t: parts } = useTranslation("parts");
  const scheme = useScheme();
  const words = useFieldWords();
  const selection = selectionOf(page.view);
  const { status } = field;
  return (
    <Panel
      className={styles.panel}
      title={t("field.title")}
      note={figures ? t("field.note", { count: figures.totals.count }) : undefined}
      actions={<Controls page={page} field={field} />}
    >
      <div className={styles.place}>
        {status.kind === "failed" && field.model.grid === null && (
          <div className={styles.failed}>
            <ProblemAlert error={status.error} onRetry={field.retry} />
          </div>
        )}
        {status.kind === "loading" && field.model.grid === null && (
          <div className={styles.over}>
            <Skeleton height="100%" radius={6} />
          </div>
        )}
        {figures?.totals.count === 0 && (
          <div className={styles.over}>
            <span className={styles.none}>{parts("noValues")}</span>
          </div>
        )}
        <TransactionField
          model={field.model}
          view={field.view}
          height={height}
          selection={selection}
          scheme={scheme}
          syncKey={page.project}
          words={words}
          onSelect={(box) => page.change(viewOfBox(box))}
          onClear={() => selection && page.change(NO_BOX)}
        />
      </div>
    </Panel>
  );
}

function Controls({ page, field }: { page: PageView; field: Field }) {
  const { t } = useTranslation("transactions");
  const format = useFormat();
  const { status } = field;
  return (
    <div className={styles.controls}>
      {status.kind === "failed" && field.model.grid !== null && (
        <span className={styles.late} role="status">
          <StatusDot status="bad" /> {t("field.error")}
        </span>
      )}
      <Incomplete show={status.kind === "ready" && !status.complete} />
      {selectionOf(page.view) ? (
        <Button size="compact-xs" variant="light" onClick={() => page.change(NO_BOX)}>
          {t("field.clear")}
        </Button>
      ) : (
        <span className={styles.hint}>{t("field.hint")}</span>
      )}
      <SegmentedControl
        size="xs"
        aria-label={t("field.scale")}
        value={page.view.scale ?? "log"}
        data={[
          { value: "log", label: t("field.log") },
          { value: "linear", label: t("field.linear") },
        ]}
        onChange={(value) => page.change({ scale: value === "linear" ? "linear" : undefined })}
      />
      <Select
        size="xs"
        w={112}
        aria-label={t("field.top")}
        allowDeselect={false}
        value={String(page.view.top_ms ?? 10_000)}
        data={TOPS_MS.map((ms) => ({ value: String(ms), label: t("field.topValue", { top: format.duration(ms) }) }))}
        onChange={(value) => page.change({ top_ms: Number(value) === 10_000 ? undefined : Number(value) })}
      />
    </div>
  );
}

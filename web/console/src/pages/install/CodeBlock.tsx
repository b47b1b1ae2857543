import { CopyButton } from "@naru/ui";
import type { ClipboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { segmentsOf, unmask } from "./secret";
import styles from "./CodeBlock.module.css";

interface Props {
  code: string;
  /** Shown masked, copied whole; null while only a placeholder stands in the code. */
  secret: string | null;
  /** What stands where the key belongs while there is none. */
  placeholder: string;
  file?: string | undefined;
  /** What the copy button says it copies. */
  label: string;
  testId: string;
}

/** A snippet as it goes into a shell or file. `data-snippet` holds the very text the copy button copies. */
export function CodeBlock({ code, secret, placeholder, file, label, testId }: Props) {
  const { t } = useTranslation("install");
  function copySelection(event: ClipboardEvent) {
    const selected = window.getSelection()?.toString() ?? "";
    const whole = unmask(selected, secret);
    if (whole === selected) return;
    event.clipboardData.setData("text/plain", whole);
    event.preventDefault();
  }
  const keyless = secret === null && code.includes(placeholder);
  return (
    <div className={styles.block} data-testid={testId} data-snippet={code} onCopy={copySelection}>
      {file !== undefined && <div className={styles.file}>{t("file", { name: file })}</div>}
      {keyless && <div className={styles.keyless}>{t("key.copyWithout", { placeholder })}</div>}
      <pre className={styles.code} tabIndex={0} aria-label={label}>
        {segmentsOf(code, secret).map((segment, index) => (
          <span key={index} className={segment.kind === "plain" ? undefined : styles[segment.kind]}>
            {segment.text}
          </span>
        ))}
      </pre>
      <CopyButton value={code} what={label} size="compact-xs" className={styles.copy} />
    </div>
  );
}

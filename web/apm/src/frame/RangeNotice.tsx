import { CloseButton } from "@mantine/core";
import { useLocation, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { rangeOf, windowKey } from "../view/ranges";
import { isRangeReadable } from "../view/search";
import type { PageView } from "../view/useView";
import styles from "./RangeNotice.module.css";

/**
 * An address whose time range can't be read, as of a mistyped or cut link, is put right: passed on, it must not show anything else
 * than here. What happened is said until that is closed or another range is chosen.
 */
export function RangeNotice({ page }: { page: PageView }) {
  const { t } = useTranslation("frame");
  const navigate = useNavigate();
  const readable = useLocation({ select: ({ search }) => isRangeReadable(search) });
  const shown = windowKey(page.window);
  const [instead, setInstead] = useState<string | null>(null);
  const { range, from, to } = page.view;
  useEffect(() => {
    if (readable) return;
    setInstead(shown);
    void navigate({ to: ".", search: (before) => ({ ...before, range, from, to }), replace: true, state: true });
    // Only what the address says starts this; the rest follows from it.
  }, [readable]);
  if (instead !== null && instead !== shown) setInstead(null);
  if (instead !== shown) return null;
  return (
    <div className={styles.notice} role="status" data-testid="range-notice">
      <span>{t("range.notRead", { range: t(`range.${rangeOf(page.view).name}`) })}</span>
      <CloseButton size="sm" aria-label={t("range.dismiss")} onClick={() => setInstead(null)} />
    </div>
  );
}

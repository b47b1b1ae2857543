import { ActionIcon, Popover } from "@mantine/core";
import { LanguageSwitch, ThemeSwitch, type Locale } from "@naru/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { PageLinks } from "./PageLinks";
import styles from "./Shell.module.css";

/** On a phone: the pages, the language and the theme, which the bar has no room for. */
export function CompactMenu({ onLocale }: { onLocale: (locale: Locale) => void }) {
  const { t } = useTranslation("shell");
  const [open, setOpen] = useState(false);
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" width={230} trapFocus returnFocus>
      <Popover.Target>
        <ActionIcon variant="subtle" color="gray" size={36} aria-label={t("nav.menu")} onClick={() => setOpen(!open)}>
          <Bars />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <nav className={styles.compact} aria-label={t("nav.label")}>
          <PageLinks onFollow={() => setOpen(false)} />
        </nav>
        <div className={styles.tools}>
          <LanguageSwitch onChange={onLocale} />
          <ThemeSwitch />
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

function Bars() {
  return (
    <svg width="18" height="18" viewBox="0 0 18 18" fill="none" stroke="currentColor" strokeWidth="1.8" aria-hidden>
      <path d="M3 5h12M3 9h12M3 13h12" strokeLinecap="round" />
    </svg>
  );
}

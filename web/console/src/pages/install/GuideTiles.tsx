import type { KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { PlatformGlyph } from "../newproject/PlatformGlyph";
import { GUIDES, type GuideId } from "./guide";
import styles from "./Install.module.css";

interface Props {
  value: GuideId;
  onChange: (id: GuideId) => void;
}

/** Tabs of the guides; arrow keys move, as in any tab list. */
export function GuideTiles({ value, onChange }: Props) {
  const { t } = useTranslation("install");
  function move(event: KeyboardEvent<HTMLDivElement>) {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    const at = GUIDES.findIndex((guide) => guide.id === value);
    const next = GUIDES[(at + by + GUIDES.length) % GUIDES.length];
    if (!next) return;
    onChange(next.id);
    event.currentTarget.querySelector<HTMLButtonElement>(`[data-guide="${next.id}"]`)?.focus();
  }
  return (
    <div className={styles.tiles} role="tablist" aria-label={t("guideLabel")} onKeyDown={move}>
      {GUIDES.map((guide) => (
        <button
          key={guide.id}
          type="button"
          role="tab"
          className={styles.tile}
          aria-selected={guide.id === value}
          aria-controls="guide"
          tabIndex={guide.id === value ? 0 : -1}
          data-guide={guide.id}
          data-testid={`guide-${guide.id}`}
          onClick={() => onChange(guide.id)}
        >
          <PlatformGlyph platform={guide.id} size={18} />
          {t(`guides.${guide.id}`)}
        </button>
      ))}
    </div>
  );
}

import type { Console } from "@naru/api";
import { useTranslation } from "react-i18next";
import { PlatformGlyph } from "./PlatformGlyph";
import { PLATFORMS } from "./platforms";
import styles from "./PlatformTiles.module.css";

interface Props {
  value: Console.Platform;
  onChange: (platform: Console.Platform) => void;
}

/** One choice among tiles: a radio group, so arrow keys move through it. */
export function PlatformTiles({ value, onChange }: Props) {
  const { t } = useTranslation("newProject");
  return (
    <div className={styles.tiles} role="radiogroup" aria-label={t("platform")}>
      {PLATFORMS.map((platform) => (
        <label key={platform.id} className={styles.tile}>
          <input
            type="radio"
            name="platform"
            value={platform.id}
            checked={platform.id === value}
            onChange={() => onChange(platform.id)}
          />
          <PlatformGlyph platform={platform.id} />
          <span className={styles.name}>
            {platform.name}
            {(platform.id === "host" || platform.id === "opentelemetry") && (
              <span className={styles.hint}>{t(`hints.${platform.id}`)}</span>
            )}
          </span>
        </label>
      ))}
    </div>
  );
}

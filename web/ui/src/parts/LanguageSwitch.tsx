import { SegmentedControl } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { localeOf } from "../i18n/createI18n";
import { isLocale, type Locale } from "../i18n/locale";

/** Korean or English. Each language is named in itself, so that nobody has to read the other one. */
export function LanguageSwitch({ onChange }: { onChange?: (locale: Locale) => void }) {
  const { t, i18n } = useTranslation("ui");
  return (
    <SegmentedControl
      size="xs"
      aria-label={t("language")}
      value={localeOf(i18n.language)}
      data={[
        { value: "ko", label: "한국어" },
        { value: "en", label: "English" },
      ]}
      onChange={(value) => {
        if (!isLocale(value)) return;
        void i18n.changeLanguage(value);
        onChange?.(value);
      }}
    />
  );
}

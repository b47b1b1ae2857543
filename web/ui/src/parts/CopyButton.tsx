import { Button, type ButtonProps } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { copyText } from "./copyText";

interface Props extends ButtonProps {
  value: string;
  /** Says what is copied, for readers that only hear the button. */
  what?: string;
}

const SAID_MS = 1600;

/** Copies `value` whole and says so for a moment. */
export function CopyButton({ value, what, ...button }: Props) {
  const { t } = useTranslation("ui");
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), SAID_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <Button
      variant="default"
      {...button}
      aria-label={what === undefined ? undefined : `${t("copy")}: ${what}`}
      onClick={() => void copyText(value).then(setCopied)}
    >
      <span aria-live="polite">{copied ? t("copied") : t("copy")}</span>
    </Button>
  );
}

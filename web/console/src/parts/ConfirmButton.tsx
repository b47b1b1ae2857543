import { Button, Group } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

interface Props {
  label: string;
  /** What the second click does, in its own words. */
  confirm: string;
  pending: boolean;
  onConfirm: () => void;
}

/** An action that can't be taken back: asks once more, in place. */
export function ConfirmButton({ label, confirm, pending, onConfirm }: Props) {
  const { t } = useTranslation("parts");
  const [asking, setAsking] = useState(false);
  if (!asking) {
    return (
      <Button size="compact-sm" variant="default" onClick={() => setAsking(true)}>
        {label}
      </Button>
    );
  }
  return (
    <Group gap={6} justify="flex-end" wrap="nowrap">
      <Button
        size="compact-sm"
        color="red.8"
        loading={pending}
        autoFocus
        onClick={() => {
          onConfirm();
          setAsking(false);
        }}
      >
        {confirm}
      </Button>
      <Button size="compact-sm" variant="subtle" color="gray" onClick={() => setAsking(false)}>
        {t("cancel")}
      </Button>
    </Group>
  );
}

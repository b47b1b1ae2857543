import { Button, Code, Group, Text } from "@mantine/core";
import { CopyButton, Panel } from "@naru/ui";
import { useTranslation } from "react-i18next";

interface Props {
  title: string;
  /** Says that this is the only time. */
  note: string;
  secret: string;
  testId: string;
  onDone: () => void;
}

/** A secret that was just made: shown once, whole, with a way to copy it. */
export function SecretOnce({ title, note, secret, testId, onDone }: Props) {
  const { t } = useTranslation("parts");
  return (
    <Panel title={title} style={{ borderColor: "var(--naru-accent-line)", background: "var(--naru-accent-soft)" }}>
      <Text size="sm" mb={10}>
        {note}
      </Text>
      <Group gap={8}>
        <Code fz={13} px={10} py={7} data-testid={testId} style={{ background: "var(--naru-panel)" }}>
          {secret}
        </Code>
        <CopyButton value={secret} variant="filled" />
        <Button variant="default" onClick={onDone}>
          {t("stored")}
        </Button>
      </Group>
    </Panel>
  );
}

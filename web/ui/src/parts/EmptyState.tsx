import { Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

interface Props {
  icon?: ReactNode;
  title: string;
  /** Why it is empty and what fills it. */
  children: ReactNode;
  /** The button or link that goes there. */
  action?: ReactNode;
}

/** An empty page explains itself and links to what fills it. */
export function EmptyState({ icon, title, children, action }: Props) {
  return (
    <Stack align="center" gap={10} py={56} px={24} ta="center" role="status">
      {icon}
      <Title order={2} fz="lg">
        {title}
      </Title>
      <Text c="dimmed" maw={520} component="div" lh={1.6}>
        {children}
      </Text>
      {action !== undefined && <div style={{ marginTop: 8 }}>{action}</div>}
    </Stack>
  );
}

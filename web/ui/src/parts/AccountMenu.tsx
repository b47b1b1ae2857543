import { ActionIcon, Menu, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ProblemAlert } from "./ProblemAlert";

interface Props {
  name: string;
  email: string | undefined;
  /** Which company's host this is. */
  tenant: { slug: string; company: string };
  /** The way to our other app. */
  elsewhere: { href: string; label: string; onClick?: () => void };
  /** As `useMutation` answers. Only a success may leave the screen: who believes to be logged out walks away from it. */
  leaving: { isPending: boolean; error: unknown; mutate: () => void };
}

/** Who is logged in at which tenant, and the way out. */
export function AccountMenu({ name, email, tenant, elsewhere, leaving }: Props) {
  const { t } = useTranslation("ui");
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon variant="default" size={30} radius="xl" aria-label={t("account.label", { name })} data-testid="account">
          <Text span size="xs" fw={600}>
            {[...name][0]?.toUpperCase()}
          </Text>
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <div style={{ padding: "8px 12px" }}>
          <Text fw={600} size="sm">
            {name}
          </Text>
          <Text size="xs" c="dimmed">
            {email}
          </Text>
          <Text size="xs" c="dimmed">
            {`${tenant.company} · ${tenant.slug}`}
          </Text>
        </div>
        <Menu.Divider />
        <Menu.Item component="a" href={elsewhere.href} onClick={elsewhere.onClick}>
          {elsewhere.label}
        </Menu.Item>
        <Menu.Item closeMenuOnClick={false} disabled={leaving.isPending} onClick={() => leaving.mutate()}>
          {t("account.logout")}
        </Menu.Item>
        {leaving.error != null && (
          <div style={{ padding: 6 }}>
            <Text size="xs" fw={600} mb={4}>
              {t("account.stillIn")}
            </Text>
            <ProblemAlert error={leaving.error} onRetry={() => leaving.mutate()} />
          </div>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

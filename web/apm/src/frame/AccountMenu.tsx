import { ActionIcon, Menu, Text } from "@mantine/core";
import type { Apm } from "@naru/api";
import { useTranslation } from "react-i18next";

/** Who is logged in at which tenant, and the way out. */
export function AccountMenu({ me }: { me: Apm.Me }) {
  const { t } = useTranslation("frame");
  const name = me.user?.name ?? me.tenant.slug;
  async function logOut() {
    await fetch("/auth/logout", { method: "POST", credentials: "same-origin" }).catch(() => undefined);
    window.location.assign(me.console_url);
  }
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <ActionIcon variant="default" size={30} radius="xl" aria-label={t("account.label", { name })}>
          <Text span size="xs" fw={600}>
            {[...name][0]?.toUpperCase()}
          </Text>
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <div style={{ padding: "8px 12px" }}>
          <Text fw={600}>{name}</Text>
          <Text size="xs" c="dimmed">
            {me.user?.email}
          </Text>
          <Text size="xs" c="dimmed">
            {t("account.tenant", { company: me.tenant.company })}
          </Text>
        </div>
        <Menu.Divider />
        <Menu.Item component="a" href={me.console_url}>
          {t("nav.console")}
        </Menu.Item>
        <Menu.Item onClick={() => void logOut()}>{t("account.logout")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

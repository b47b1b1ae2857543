import { Button, Menu, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { Console } from "@naru/api";
import { useTranslation } from "react-i18next";
import { client } from "../api";

/** Who is logged in at which tenant, and the way out. */
export function UserMenu({ session }: { session: Console.Session }) {
  const { t } = useTranslation("shell");
  const queries = useQueryClient();
  const navigate = useNavigate();
  async function logOut() {
    await client.DELETE("/sessions/current").catch(() => undefined);
    queries.clear();
    await navigate({ to: "/login" });
  }
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-md"
          fw={500}
          aria-label={t("account", { name: session.user.name })}
          rightSection={<Chevron />}
        >
          {session.tenant.slug}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <div style={{ padding: "8px 12px" }}>
          <Text fw={600} size="sm">
            {session.user.name}
          </Text>
          <Text size="xs" c="dimmed">
            {session.user.email}
          </Text>
          <Text size="xs" c="dimmed">
            {session.tenant.company}
          </Text>
        </div>
        <Menu.Divider />
        <Menu.Item component="a" href={session.tenant.apm_url}>
          {t("openApm")}
        </Menu.Item>
        <Menu.Item onClick={() => void logOut()}>{t("logout")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Chevron() {
  return (
    <svg width="10" height="10" viewBox="0 0 10 10" fill="none" stroke="currentColor" strokeWidth="1.6" aria-hidden>
      <path d="M2 3.5 5 6.5 8 3.5" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}

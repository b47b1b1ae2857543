import { Button, Menu, Text } from "@mantine/core";
import type { Console } from "@naru/api";
import { ProblemAlert } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { useLogOut } from "./useLogOut";

/** Who is logged in at which tenant, and the way out. */
export function UserMenu({ session }: { session: Console.Session }) {
  const { t } = useTranslation("shell");
  const leaving = useLogOut();
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-md"
          fw={500}
          aria-label={t("account", { tenant: session.tenant.slug, name: session.user.name })}
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
        <Menu.Item closeMenuOnClick={false} disabled={leaving.isPending} onClick={() => leaving.mutate()}>
          {t("logout")}
        </Menu.Item>
        {leaving.error && (
          <div style={{ padding: 6 }}>
            <Text size="xs" fw={600} mb={4}>
              {t("stillIn")}
            </Text>
            <ProblemAlert error={leaving.error} onRetry={() => leaving.mutate()} />
          </div>
        )}
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

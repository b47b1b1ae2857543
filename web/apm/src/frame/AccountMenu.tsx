import { ActionIcon, Menu, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { ApiError, parseProblem, UNREACHABLE, type Apm } from "@naru/api";
import { ProblemAlert } from "@naru/ui";
import { useTranslation } from "react-i18next";

/** Who is logged in at which tenant, and the way out. */
export function AccountMenu({ me }: { me: Apm.Me }) {
  const { t } = useTranslation("frame");
  const name = me.user?.name ?? me.tenant.slug;
  const leaving = useMutation({ mutationFn: logOut, onSuccess: () => window.location.assign(me.console_url) });
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
        <Menu.Item closeMenuOnClick={false} disabled={leaving.isPending} onClick={() => leaving.mutate()}>
          {t("account.logout")}
        </Menu.Item>
        {leaving.error && (
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

/** Fails unless the session is over: who believes to be logged out walks away from the screen. */
async function logOut(): Promise<void> {
  const response = await fetch("/auth/logout", { method: "POST", credentials: "same-origin" }).catch(() => {
    throw new ApiError(UNREACHABLE);
  });
  if (!response.ok) throw new ApiError(parseProblem(await response.json().catch(() => null), response.status));
}

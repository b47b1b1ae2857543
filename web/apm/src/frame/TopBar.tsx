import { ActionIcon, Button, Menu, Text } from "@mantine/core";
import { openSpotlight } from "@mantine/spotlight";
import { useNavigate } from "@tanstack/react-router";
import type { Apm } from "@naru/api";
import { AccountMenu, ThemeSwitch } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { useConsoleLink } from "../data/consoleUrl";
import { viewOf } from "../view/search";
import { NO_BOX, type PageView } from "../view/useView";
import { ApplicationPicker } from "./ApplicationPicker";
import { Icon } from "./Icon";
import { InstancePicker } from "./InstancePicker";
import { RangePicker } from "./RangePicker";
import { useLogOut } from "./useLogOut";
import styles from "./TopBar.module.css";

interface Props {
  me: Apm.Me;
  page: PageView;
  /** HTTP status the page below failed with, as it reported. */
  failed: number | null;
  onMenu: () => void;
}

/** Which project, which application, which time. */
export function TopBar({ me, page, failed, onMenu }: Props) {
  const { t } = useTranslation("frame");
  const inConsole = useConsoleLink(me);
  const leaving = useLogOut(inConsole().href);
  return (
    <header className={styles.bar}>
      <ActionIcon variant="subtle" color="gray" className={styles.menu} aria-label={t("nav.menu")} onClick={onMenu}>
        <Icon name="menu" size={18} />
      </ActionIcon>
      <ProjectMenu me={me} project={page.project} />
      <ApplicationPicker page={page} />
      <InstancePicker page={page} />
      <button type="button" className={styles.search} onClick={openSpotlight}>
        <Icon name="search" size={13} />
        <span>{t("search.placeholder")}</span>
        <kbd>Ctrl K</kbd>
      </button>
      <RangePicker page={page} failed={failed} />
      <ThemeSwitch />
      <AccountMenu name={me.user?.name ?? me.tenant.slug} email={me.user?.email} tenant={me.tenant} elsewhere={{ ...inConsole(), label: t("nav.console") }} leaving={leaving} />
    </header>
  );
}

function ProjectMenu({ me, project }: { me: Apm.Me; project: string }) {
  const { t } = useTranslation("frame");
  const navigate = useNavigate();
  const inConsole = useConsoleLink(me);
  const current = me.projects.find(({ id }) => id === project);
  return (
    <Menu position="bottom-start" width={260}>
      <Menu.Target>
        <Button variant="default" size="compact-md" className={styles.project} rightSection={<Icon name="chevron" size={12} />} aria-label={`${t("project.switch")}: ${current?.name ?? ""}`} data-testid="project-switch">
          <span className={styles.name}>{current?.name ?? "–"}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {me.projects.map(({ id, name, platform, group }) => (
          <Menu.Item
            key={id}
            onClick={() => void navigate({ to: "/p/$project", params: { project: id }, search: (before) => ({ ...viewOf(before), ...NO_BOX, application: undefined, instance: undefined }) })}
            rightSection={<Text size="xs" c="dimmed">{platform}</Text>}
            aria-current={id === project ? "true" : undefined}
          >
            {name}
            <Text span size="xs" c="dimmed" ml={6}>{group}</Text>
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item component="a" {...inConsole()}>{t("nav.console")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

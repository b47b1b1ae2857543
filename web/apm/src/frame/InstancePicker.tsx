import { Button, Combobox, useCombobox } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useFormat } from "@naru/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { instancesQuery } from "../data/dashboard";
import { ShownName, useNameOf } from "../parts/ShownName";
import { NO_BOX, type PageView } from "../view/useView";
import { Icon } from "./Icon";
import styles from "./ApplicationPicker.module.css";

const ALL = "\u0000all";
/** Of more than this the reader searches. */
const SHOWN_MAX = 200;

/** All instances of the chosen application or one, each with what it does now. Nothing while no application is chosen. */
export function InstancePicker({ page }: { page: PageView }) {
  const { application } = page.view;
  return application === undefined ? null : <Picker page={page} application={application} />;
}

function Picker({ page, application }: { page: PageView; application: string }) {
  const { t } = useTranslation("frame");
  const format = useFormat();
  const [wanted, setWanted] = useState("");
  const { data } = useQuery(instancesQuery({ project: page.project, window: page.window, application }));
  const box = useCombobox({
    onDropdownOpen: () => box.focusSearchInput(),
    onDropdownClose: () => {
      box.resetSelectedOption();
      setWanted("");
    },
  });
  const nameOf = useNameOf();
  const chosen = page.view.instance;
  // Without a list there is nothing to choose, only something to leave.
  if (!data && chosen === undefined) return null;
  const instances = [...(data?.instances ?? [])].sort((a, b) => b.transactions - a.transactions);
  const found = instances.filter(({ name }) => nameOf(name).toLowerCase().includes(wanted.trim().toLowerCase()));
  const shown = chosen === undefined ? t("instance.count", { count: instances.length }) : nameOf(chosen);
  function choose(value: string) {
    page.change({ instance: value === ALL ? undefined : value, ...NO_BOX });
    box.closeDropdown();
  }
  return (
    <Combobox store={box} width={340} position="bottom-start" onOptionSubmit={choose}>
      <Combobox.Target withAriaAttributes={false}>
        <Button variant="default" size="compact-md" fw={400} onClick={() => box.toggleDropdown()} rightSection={<Icon name="chevron" size={12} />} aria-label={`${t("instance.label")}: ${shown}`} data-testid="instance-picker">
          <span className={styles.label}>{t("instance.label")}</span>
          <span className={styles.value}>{shown}</span>
        </Button>
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Search value={wanted} onChange={(event) => setWanted(event.currentTarget.value)} placeholder={t("instance.search")} />
        <Combobox.Options mah={340} style={{ overflowY: "auto" }}>
          <Combobox.Option value={ALL}>{t("application.all")}</Combobox.Option>
          {found.slice(0, SHOWN_MAX).map(({ name, tps, error_rate, p95_ms }) => (
            <Combobox.Option key={name} value={name} active={name === chosen}>
              <span className={styles.instance}>
                <ShownName name={name} of="instance" />
              </span>
              <span className={styles.figures}>
                {t("instance.figures", { tps: format.number(tps, tps < 10 ? 2 : 1), p95: p95_ms === null ? "–" : format.duration(p95_ms) })}
                {error_rate > 0 && ` · ✕ ${format.percent(error_rate)}`}
              </span>
            </Combobox.Option>
          ))}
          {found.length === 0 && <Combobox.Empty>{t("instance.none")}</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}

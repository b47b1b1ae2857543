import { Button, Combobox, useCombobox } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { applicationsQuery } from "../data/queries";
import { ShownName, useNameOf } from "../parts/ShownName";
import { NO_BOX, type PageView } from "../view/useView";
import { Icon } from "./Icon";
import styles from "./ApplicationPicker.module.css";

const ALL = "\u0000all";

/** All applications or one. What is chosen filters every page. */
export function ApplicationPicker({ page }: { page: PageView }) {
  const { t } = useTranslation("frame");
  const [wanted, setWanted] = useState("");
  const { data } = useQuery(applicationsQuery(page.project, page.window));
  const box = useCombobox({
    onDropdownOpen: () => box.focusSearchInput(),
    onDropdownClose: () => {
      box.resetSelectedOption();
      setWanted("");
    },
  });
  const names = data?.applications.map(({ name }) => name) ?? [];
  const nameOf = useNameOf();
  const found = names.filter((name) => nameOf(name).toLowerCase().includes(wanted.trim().toLowerCase()));
  const { application } = page.view;
  const shown = application !== undefined ? nameOf(application) : data ? t("application.count", { count: names.length }) : t("application.all");
  function choose(value: string) {
    page.change({ application: value === ALL ? undefined : value, instance: undefined, ...NO_BOX });
    box.closeDropdown();
  }
  return (
    <Combobox store={box} width={280} position="bottom-start" onOptionSubmit={choose}>
      <Combobox.Target withAriaAttributes={false}>
        <Button variant="default" size="compact-md" fw={400} onClick={() => box.toggleDropdown()} rightSection={<Icon name="chevron" size={12} />} aria-label={`${t("application.label")}: ${shown}`} data-testid="application-picker">
          <span className={styles.label}>{t("application.label")}</span>
          <span className={styles.value}>{shown}</span>
        </Button>
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Search value={wanted} onChange={(event) => setWanted(event.currentTarget.value)} placeholder={t("application.search")} />
        <Combobox.Options mah={320} style={{ overflowY: "auto" }}>
          <Combobox.Option value={ALL}>{t("application.all")}</Combobox.Option>
          {found.map((name) => (
            <Combobox.Option key={name} value={name} active={name === application}>
              <ShownName name={name} of="application" />
            </Combobox.Option>
          ))}
          {found.length === 0 && <Combobox.Empty>{t("application.none")}</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}

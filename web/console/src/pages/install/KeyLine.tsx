import { Button, Code, Loader } from "@mantine/core";
import { CopyButton, ProblemAlert } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { maskKey } from "./secret";
import { useIssuedKey } from "./useIssuedKey";
import styles from "./Install.module.css";

interface Props {
  issued: ReturnType<typeof useIssuedKey>;
}

/** The license key's state: just issued, or no longer readable with a way to a new one. */
export function KeyLine({ issued: { query, first, renew } }: Props) {
  const { t } = useTranslation("install");
  const failed = query.error ?? first.error ?? renew.error;
  const isIssuing = query.data?.isFirst === true;
  if (query.isPending || (isIssuing && failed === null)) {
    return (
      <div className={styles.key}>
        <Loader size={16} /> <p>{t("key.issuing")}</p>
      </div>
    );
  }
  const key = query.data?.key ?? null;
  const known = query.data?.known ?? [];
  return (
    <div className={styles.key} data-testid="license-key" data-key={key ?? undefined}>
      <strong style={{ fontWeight: 600 }}>{t("key.title")}</strong>
      {key !== null && (
        <>
          <Code fz={12.5}>{maskKey(key)}</Code>
          <CopyButton value={key} what={t("key.copyWhole")} size="compact-sm" />
          <p>{t("key.issued")}</p>
        </>
      )}
      {key === null && query.data && !isIssuing && (
        <>
          <p>
            {t("key.hidden")}
            {known.length > 0 && (
              <>
                <br />
                {t("key.known", { hints: known.join(", ") })}
              </>
            )}
          </p>
          <Button size="compact-md" loading={renew.isPending} onClick={() => renew.mutate()} data-testid="renew-key">
            {t("key.renew")}
          </Button>
        </>
      )}
      {failed && (
        <div style={{ flexBasis: "100%" }}>
          <ProblemAlert
            error={failed}
            onRetry={() => (query.error ? void query.refetch() : isIssuing ? first.mutate() : renew.mutate())}
          />
        </div>
      )}
    </div>
  );
}

import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { answer, type Console } from "@naru/api";
import { ProblemAlert, useFormat, useRetryWait } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { client } from "../api";
import styles from "./Shell.module.css";

/** Tells an unverified person how long they may go on, and sends the mail again. */
export function VerifyBanner({ user }: { user: Console.Session["user"] }) {
  const { t } = useTranslation("shell");
  const format = useFormat();
  const resend = useMutation({ mutationFn: () => answer(client.POST("/email-verifications/resend")) });
  const waitS = useRetryWait(resend.error);
  const open = user.verify_by !== null && new Date(user.verify_by).getTime() > Date.now();
  return (
    <div className={styles.banner} role="status" data-testid="verify-banner">
      <span>
        {open && user.verify_by !== null
          ? t("verify.banner", { email: user.email, until: format.time(user.verify_by, "dateTime") })
          : t("verify.bannerExpired", { email: user.email })}
      </span>
      {resend.isSuccess ? (
        <strong>{t("verify.sent")}</strong>
      ) : (
        <Button
          size="compact-sm"
          variant="default"
          loading={resend.isPending}
          disabled={waitS > 0}
          onClick={() => resend.mutate()}
        >
          {t("verify.resend")}
        </Button>
      )}
      <ProblemAlert error={resend.error} />
    </div>
  );
}

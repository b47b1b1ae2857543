import { Alert, Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { answer } from "@naru/api";
import { ProblemAlert, useRetryWait } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { client } from "../../api";

/** The password was right, but the time without a confirmed address is over: offers the mail again. */
export function Overdue({ email }: { email: string }) {
  const { t } = useTranslation("login");
  const resend = useMutation({
    mutationFn: () => answer(client.POST("/email-verifications/resend", { body: { email } })),
  });
  const waitS = useRetryWait(resend.error);
  return (
    <Alert color="red" variant="light" role="alert" title={t("overdue.title")}>
      {resend.isSuccess ? (
        t("overdue.sent")
      ) : (
        <>
          <p style={{ margin: "0 0 10px" }}>{t("overdue.body")}</p>
          <Button size="compact-md" variant="default" loading={resend.isPending} disabled={waitS > 0} onClick={() => resend.mutate()}>
            {t("overdue.resend")}
          </Button>
        </>
      )}
      <ProblemAlert error={resend.error} />
    </Alert>
  );
}

import { defineText } from "@naru/ui";

export const verifyText = defineText(
  {
    title: "Confirming your mail address",
    done: "Confirmed",
    doneBody: "{{email}} is confirmed. Thank you.",
    failed: "This link doesn't work any more",
    failedBody: "Links hold for one use and a limited time. Log in and send a new one from the notice at the top.",
    missing: "The link is incomplete. Please copy it whole from the mail.",
    go: "Go to projects",
  },
  {
    title: "이메일 주소 인증",
    done: "인증되었습니다",
    doneBody: "{{email}} 주소를 인증했습니다. 감사합니다.",
    failed: "사용할 수 없는 링크입니다",
    failedBody: "인증 링크는 한 번만, 정해진 시간 안에 쓸 수 있습니다. 로그인한 뒤 위쪽 알림에서 메일을 다시 보내 주세요.",
    missing: "링크가 완전하지 않습니다. 메일의 주소를 끝까지 복사해 주세요.",
    go: "프로젝트로 이동",
  },
);

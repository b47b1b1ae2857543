import { defineText } from "@naru/ui";

export const shellText = defineText(
  {
    skip: "Skip to content",
    nav: { label: "Main", menu: "Menu", projects: "Projects", tokens: "API tokens", settings: "Settings" },
    openApm: "Open APM",
    verify: {
      banner: "Please confirm {{email}}. You can keep working until {{until}}.",
      bannerExpired: "Please confirm {{email}} to keep working.",
      resend: "Send the mail again",
      sent: "Sent. Please look into your mailbox.",
    },
    notFound: { title: "This page doesn't exist", body: "The address may be mistyped, or what it showed was removed.", home: "Go to projects" },
    failed: { title: "This page could not be shown", body: "Please reload. If it happens again, contact support." },
    reload: "Reload",
  },
  {
    skip: "본문으로 건너뛰기",
    nav: { label: "주 메뉴", menu: "메뉴", projects: "프로젝트", tokens: "API 토큰", settings: "설정" },
    openApm: "APM 열기",
    verify: {
      banner: "{{email}} 주소를 인증해 주세요. {{until}}까지는 인증 없이 사용할 수 있습니다.",
      bannerExpired: "계속 사용하려면 {{email}} 주소를 인증해 주세요.",
      resend: "인증 메일 다시 보내기",
      sent: "보냈습니다. 메일함을 확인해 주세요.",
    },
    notFound: { title: "페이지를 찾을 수 없습니다", body: "주소가 잘못되었거나 삭제된 페이지입니다.", home: "프로젝트로 이동" },
    failed: { title: "페이지를 표시할 수 없습니다", body: "새로고침해 주세요. 문제가 계속되면 고객 지원에 문의해 주세요." },
    reload: "새로고침",
  },
);

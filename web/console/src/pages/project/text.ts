import { defineText } from "@naru/ui";

export const projectText = defineText(
  {
    tabs: { label: "Pages of this project", install: "Connect", keys: "License keys", usage: "Usage" },
    openApm: "Open APM",
    about: "{{platform}} · {{region}}",
    inGroup: "Group {{group}}",
  },
  {
    tabs: { label: "프로젝트 메뉴", install: "에이전트 연결", keys: "라이선스 키", usage: "사용량" },
    openApm: "APM 열기",
    about: "{{platform}} · {{region}}",
    inGroup: "{{group}} 그룹",
  },
);

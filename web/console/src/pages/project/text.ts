import { defineText } from "@naru/ui";

export const projectText = defineText(
  {
    tabs: { label: "Pages of this project", install: "Install", keys: "License keys", usage: "Usage" },
    openApm: "Open APM",
    about: "{{platform}} · {{region}}",
    inGroup: "Group {{group}}",
    missing: { title: "There is no such project", body: "It was removed, or it belongs to another company.", home: "Go to projects" },
  },
  {
    tabs: { label: "프로젝트 메뉴", install: "에이전트 설치", keys: "라이선스 키", usage: "사용량" },
    openApm: "APM 열기",
    about: "{{platform}} · {{region}}",
    inGroup: "{{group}} 그룹",
    missing: { title: "프로젝트를 찾을 수 없습니다", body: "삭제되었거나 다른 회사의 프로젝트입니다.", home: "프로젝트로 이동" },
  },
);

import { defineText } from "@naru/ui";

export const newProjectText = defineText(
  {
    title: "New project",
    lead: "A project is what you monitor together: one platform and one region. You can add as many as you like.",
    platform: "What do you want to watch?",
    hints: { host: "Server", opentelemetry: "Already in use" },
    name: "Project name",
    namePlaceholder: "shop-prod",
    region: "Region",
    group: "Group",
    groupHint: "A folder for projects, such as production. May stay empty.",
    submit: "Create and install an agent",
    cancel: "Cancel",
    field: {
      required: "Please fill in this field.",
      taken: "There is already a project of this name.",
      too_long: "This is too long.",
      invalid: "This can't be used.",
    },
  },
  {
    title: "새 프로젝트",
    lead: "프로젝트는 모니터링 대상을 묶는 단위입니다. 프로젝트마다 플랫폼과 리전을 하나씩 선택하며, 개수 제한 없이 만들 수 있습니다.",
    platform: "무엇을 모니터링할까요?",
    hints: { host: "서버", opentelemetry: "이미 사용 중" },
    name: "프로젝트 이름",
    namePlaceholder: "shop-prod",
    region: "리전",
    group: "그룹",
    groupHint: "‘운영’처럼 프로젝트를 묶는 폴더입니다. 비워 두어도 됩니다.",
    submit: "프로젝트 만들고 에이전트 설치",
    cancel: "취소",
    field: {
      required: "필수 입력 항목입니다.",
      taken: "같은 이름의 프로젝트가 있습니다.",
      too_long: "너무 깁니다.",
      invalid: "사용할 수 없는 값입니다.",
    },
  },
);

import { defineText } from "@naru/ui";

export const startText = defineText(
  {
    title: "No project yet",
    body: "A project holds the applications of one platform in one region. Create one in the console: it gives you a license key and a snippet, and your first transactions appear here within a minute.",
    create: "Create a project",
  },
  {
    title: "아직 프로젝트가 없습니다",
    body: "프로젝트는 한 리전에 있는 한 플랫폼의 애플리케이션을 모아 보는 단위입니다. 콘솔에서 프로젝트를 만들면 라이선스 키와 설치 명령이 바로 나오고, 1분 안에 첫 트랜잭션이 여기에 표시됩니다.",
    create: "프로젝트 만들기",
  },
);

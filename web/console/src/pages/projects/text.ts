import { defineText } from "@naru/ui";

export const projectsText = defineText(
  {
    title: "Projects",
    create: "New project",
    ungrouped: "Without a group",
    count_one: "{{count, number}} project",
    count_other: "{{count, number}} projects",
    empty: {
      title: "Monitoring is a minute away",
      body: "Choose what you run, paste one snippet, and watch your own requests arrive. The license key is made for you on the way.",
      action: "Create a project",
    },
    state: { waiting: "Waiting for data", receiving: "Receiving data", recent: "Data within the last hour", quiet: "No data any more" },
    spans: "spans so far",
    lastData: "Last data {{ago}}",
    noData: "Nothing has arrived yet",
    openApm: "Open APM",
    connect: "Install an agent",
    keys: "License keys",
    usage: "Usage",
  },
  {
    title: "프로젝트",
    create: "새 프로젝트",
    ungrouped: "그룹 없음",
    count_one: "{{count, number}}개",
    count_other: "{{count, number}}개",
    empty: {
      title: "1분이면 모니터링을 시작할 수 있습니다",
      body: "사용하는 플랫폼을 고르고 명령 몇 줄을 붙여 넣으면 우리 서비스의 요청이 바로 보입니다. 라이선스 키는 자동으로 발급됩니다.",
      action: "프로젝트 만들기",
    },
    state: { waiting: "데이터 대기 중", receiving: "데이터 수신 중", recent: "최근 1시간 내 수신", quiet: "수신 중단" },
    spans: "누적 스팬",
    lastData: "{{ago}} 수신",
    noData: "아직 수신된 데이터가 없습니다",
    openApm: "APM 열기",
    connect: "에이전트 설치",
    keys: "라이선스 키",
    usage: "사용량",
  },
);

import { defineText } from "@naru/ui";

/** The frame around sign-up, login and verification. */
export const gateText = defineText(
  {
    pitch: "See your own requests live, within a minute.",
    points: {
      one: "One key, one command. Any OpenTelemetry agent.",
      two: "Every request is a dot. Drag a box, read the SQL.",
      three: "A subdomain for each company, its data kept completely apart.",
    },
  },
  {
    pitch: "가입 후 1분이면 서비스의 요청을 실시간으로 볼 수 있습니다.",
    points: {
      one: "키 하나, 명령 한 줄. OpenTelemetry 에이전트라면 무엇이든 연결됩니다.",
      two: "모든 요청을 점으로 표시합니다. 드래그하면 SQL까지 바로 확인할 수 있습니다.",
      three: "회사별 전용 서브도메인을 제공하고 데이터는 완전히 분리해 보관합니다.",
    },
  },
);

import { defineText } from "@naru/ui";

/** The frame around sign-up, login and verification. */
export const gateText = defineText(
  {
    pitch: "See your own requests live, within a minute.",
    points: {
      one: "One key, one command. Any OpenTelemetry agent.",
      two: "Every request is a dot. Drag a box, read the SQL.",
      three: "Your own subdomain. Your data is yours alone.",
    },
  },
  {
    pitch: "가입하고 1분이면, 우리 서비스의 요청이 실시간으로 보입니다.",
    points: {
      one: "키 하나, 명령 한 줄. OpenTelemetry 에이전트라면 무엇이든 연결됩니다.",
      two: "요청 하나가 점 하나입니다. 드래그해서 SQL까지 바로 읽습니다.",
      three: "전용 서브도메인에서 우리 회사 데이터만 완전히 분리해 보관합니다.",
    },
  },
);

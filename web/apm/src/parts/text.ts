import { defineText } from "@naru/ui";

export const partsText = defineText(
  {
    incomplete: "Some of the newest data could not be read. What is shown is right but not all; it is asked again by itself.",
    incompleteShort: "incomplete",
    status: { ok: "OK", error: "Failed", unset: "OK" },
    loading: "Loading",
    none: "–",
    allApplications: "All applications",
    sortBy: "Sort by {{column}}",
    close: "Close",
  },
  {
    incomplete: "최근 데이터 일부를 읽지 못했습니다. 표시된 값은 정확하지만 전부는 아니며, 자동으로 다시 조회합니다.",
    incompleteShort: "일부 누락",
    status: { ok: "정상", error: "실패", unset: "정상" },
    loading: "불러오는 중",
    none: "–",
    allApplications: "전체 애플리케이션",
    sortBy: "{{column}} 기준 정렬",
    close: "닫기",
  },
);

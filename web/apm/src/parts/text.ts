import { defineText } from "@naru/ui";

export const partsText = defineText(
  {
    incomplete: "Some of the newest data could not be read. What is shown is right but not all; it is asked again by itself.",
    incompleteShort: "incomplete",
    incompleteSince: "What came after {{since}} may be missing.",
    incompleteWhy: {
      owner_away: "The server that takes in your newest data doesn't answer. Another one takes over by itself; nothing is lost, and you need not do anything.",
      owner_changed: "Your newest data is just moving to another server. This is over in a moment.",
      owner_slow: "The server with your newest data answers slowly. A shorter time range or one application helps.",
      replaying: "A server has just started and is still reading your newest data. This is over in a moment.",
    },
    status: { ok: "OK", error: "Error", unset: "OK" },
    latest: "latest",
    noValues: "No data in this time range",
    notLoaded: "Could not be loaded",
    sortBy: "Sort by {{column}}",
    close: "Close",
    test: "test",
    testWhy: "Sent from the console with “Send a test trace”; not part of your own traffic.",
  },
  {
    incomplete: "최근 데이터 일부를 읽지 못했습니다. 표시된 값은 정확하지만 전부는 아니며, 자동으로 다시 조회합니다.",
    incompleteShort: "일부 누락",
    incompleteSince: "{{since}} 이후의 데이터가 빠져 있을 수 있습니다.",
    incompleteWhy: {
      owner_away: "최근 데이터를 수집하는 서버가 응답하지 않습니다. 다른 서버가 자동으로 이어받으며 데이터는 유실되지 않으니 따로 조치하지 않아도 됩니다.",
      owner_changed: "최근 데이터를 다른 서버로 옮기고 있습니다. 잠시 후 정상으로 돌아옵니다.",
      owner_slow: "최근 데이터를 가진 서버의 응답이 느립니다. 조회 기간을 줄이거나 애플리케이션을 하나만 선택해 보세요.",
      replaying: "서버가 방금 시작되어 최근 데이터를 읽고 있습니다. 잠시 후 정상으로 돌아옵니다.",
    },
    status: { ok: "정상", error: "에러", unset: "정상" },
    latest: "최근 값",
    noValues: "조회 기간에 데이터가 없습니다",
    notLoaded: "불러오지 못했습니다",
    sortBy: "{{column}} 기준 정렬",
    close: "닫기",
    test: "테스트",
    testWhy: "콘솔의 ‘테스트 트레이스 보내기’로 보낸 데이터이며 실제 트래픽이 아닙니다.",
  },
);

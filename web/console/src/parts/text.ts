import { defineText } from "@naru/ui";

export const partsText = defineText(
  { stored: "I have stored it", cancel: "Cancel" },
  { stored: "보관했습니다", cancel: "취소" },
);

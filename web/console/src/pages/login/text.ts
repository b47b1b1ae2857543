import { defineText } from "@naru/ui";

export const loginText = defineText(
  {
    title: "Log in",
    lead: "Welcome back.",
    email: "Email",
    password: "Password",
    submit: "Log in",
    wrong: "The mail address or the password is not right.",
    overdue: {
      title: "Please confirm your mail address first",
      body: "The first 24 hours are over. Open the link in our mail, then log in again.",
      resend: "Send the mail again",
      sent: "If this address has an account, the mail is on its way.",
    },
    noAccount: "New here?",
    signup: "Create an account",
  },
  {
    title: "로그인",
    lead: "다시 만나 반갑습니다.",
    email: "이메일",
    password: "비밀번호",
    submit: "로그인",
    wrong: "이메일 또는 비밀번호가 올바르지 않습니다.",
    overdue: {
      title: "이메일 인증이 필요합니다",
      body: "인증 없이 쓸 수 있는 24시간이 지났습니다. 메일의 링크로 인증한 뒤 다시 로그인해 주세요.",
      resend: "인증 메일 다시 보내기",
      sent: "가입된 주소라면 곧 메일이 도착합니다.",
    },
    noAccount: "처음이신가요?",
    signup: "계정 만들기",
  },
);

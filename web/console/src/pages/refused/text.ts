import { defineText } from "@naru/ui";

export const refusedText = defineText(
  {
    elsewhere: "This address isn't your company's",
    elsewhereBody:
      "You are logged in as {{email}} of {{company}}. The address you opened belongs to another company, or to nobody. To go there, log out and use an account of that company.",
    elsewhereNobody: "The address you opened belongs to another company than your account, or to nobody.",
    busy: "Too many log-ins",
    busyBody: "Too many attempts came from you or your network. Wait ten minutes and open the address again.",
    away: "The log-in can't be finished right now",
    awayBody: "A part of Naru is restarting. Open the address again in a few seconds.",
    stale: "This log-in link doesn't work any more",
    staleBody: "Such a link works once, within a minute, in the browser that asked for it. Open the address again and a new one is made.",
    projects: "Go to my projects",
    another: "Use another account",
    stillIn: "You are still logged in:",
  },
  {
    elsewhere: "다른 회사의 주소입니다",
    elsewhereBody:
      "{{company}}의 {{email}} 계정으로 로그인되어 있습니다. 접속하신 주소는 다른 회사가 쓰고 있거나 없는 주소입니다. 접속하려면 로그아웃한 뒤 해당 회사의 계정으로 로그인해 주세요.",
    elsewhereNobody: "접속하신 주소는 다른 회사가 쓰고 있거나 없는 주소입니다.",
    busy: "로그인 시도가 너무 많습니다",
    busyBody: "짧은 시간에 로그인 시도가 너무 많았습니다. 10분 뒤에 다시 접속해 주세요.",
    away: "지금은 로그인을 마칠 수 없습니다",
    awayBody: "Naru의 일부가 다시 시작하고 있습니다. 잠시 후 다시 접속해 주세요.",
    stale: "만료된 로그인 링크입니다",
    staleBody: "로그인 링크는 요청한 브라우저에서 1분 안에 한 번만 쓸 수 있습니다. 처음 주소로 다시 접속하면 새 링크가 만들어집니다.",
    projects: "내 프로젝트로 이동",
    another: "다른 계정으로 로그인",
    stillIn: "아직 로그아웃되지 않았습니다:",
  },
);

import { uiText } from "@naru/ui/text";
import { gateText } from "./gate/text";
import { installLogText } from "./pages/install/logText";
import { installText } from "./pages/install/text";
import { keysText } from "./pages/keys/text";
import { loginText } from "./pages/login/text";
import { newProjectText } from "./pages/newproject/text";
import { projectText } from "./pages/project/text";
import { projectsText } from "./pages/projects/text";
import { refusedText } from "./pages/refused/text";
import { settingsText } from "./pages/settings/text";
import { signupText } from "./pages/signup/text";
import { tokensText } from "./pages/tokens/text";
import { usageText } from "./pages/usage/text";
import { verifyText } from "./pages/verify/text";
import { partsText } from "./parts/text";
import { shellText } from "./shell/text";

/** Every page's words, by namespace. */
export const pages = {
  ui: uiText,
  shell: shellText,
  parts: partsText,
  gate: gateText,
  signup: signupText,
  login: loginText,
  verify: verifyText,
  refused: refusedText,
  projects: projectsText,
  newProject: newProjectText,
  project: projectText,
  install: installText,
  installLog: installLogText,
  keys: keysText,
  usage: usageText,
  tokens: tokensText,
  settings: settingsText,
};

import { hasBatchim } from "es-hangul";

/** The form after a final consonant, then the form after a vowel. */
export type ParticlePair = "을/를" | "이/가" | "은/는" | "과/와" | "으로/로" | "아/야" | "이나/나" | "이에요/예요";

/** `withParticle("주문", "을/를")` → `주문을`, `withParticle("shop-api", "이/가")` → `shop-api가`. */
export function withParticle(word: string, pair: ParticlePair): string {
  const [afterConsonant, afterVowel] = pair.split("/") as [string, string];
  const end = ending(word);
  // 로 also follows ㄹ: 서울로, 메일로.
  const short = end === "vowel" || (end === "rieul" && pair === "으로/로");
  return word + (short ? afterVowel : afterConsonant);
}

type Ending = "vowel" | "consonant" | "rieul";

const DIGITS: Record<string, Ending> = {
  "0": "consonant",
  "1": "rieul",
  "2": "vowel",
  "3": "consonant",
  "4": "vowel",
  "5": "vowel",
  "6": "consonant",
  "7": "rieul",
  "8": "rieul",
  "9": "vowel",
};

function ending(word: string): Ending {
  const spoken = word.replace(/[^\p{L}\p{N}]+$/u, "");
  const last = spoken.at(-1) ?? "";
  if (/[가-힣]/.test(last)) return hangulEnding(last);
  const digit = DIGITS[last];
  if (digit !== undefined) return digit;
  if (/[a-z]/i.test(last)) return latinEnding(spoken);
  return "vowel";
}

function hangulEnding(syllable: string): Ending {
  if (!hasBatchim(syllable)) return "vowel";
  return (syllable.charCodeAt(0) - 0xac00) % 28 === 8 ? "rieul" : "consonant";
}

/** How a Latin word ends when a Korean reads it aloud. A rule of thumb, right for the usual names of services. */
function latinEnding(word: string): Ending {
  const token = (/[A-Za-z]+$/.exec(word) ?? [""])[0];
  const lower = token.toLowerCase();
  // Letters read one by one: API 에이피아이, SQL 에스큐엘.
  if (token.length === 1 || (token.length <= 4 && token === token.toUpperCase() && !/^[A-Z][AEIOU][A-Z]+$/.test(token))) {
    if (lower.endsWith("l") || lower.endsWith("r")) return "rieul";
    return /[mn]$/.test(lower) ? "consonant" : "vowel";
  }
  if (/l(e)?$/.test(lower)) return "rieul";
  if (/([mn]e?|ng)$/.test(lower)) return "consonant";
  // A short vowel before a stop closes the syllable: web 웹, app 앱, stock 스톡; but cart 카트, task 태스크.
  if (/(^|[^aeiou])[aeiou](b|p|k|t|ck|pp)$/.test(lower)) return "consonant";
  return "vowel";
}

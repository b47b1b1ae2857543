/**
 * The passwords the server refuses as common, so that step one can say so before step two is filled in.
 *
 * A copy of `services/console/src/member/password.rs`. The server decides; where the two differ, it only says so later.
 */
const COMMON_WORDS: ReadonlySet<string> = new Set(
  `password passwort passw0rd p@ssw0rd p@ssword pa$$word passphrase qwerty qwertyuiop qwertz qwertyui azerty azertyuiop asdfgh
  asdfghjkl zxcvbn zxcvbnm qazwsx qazwsxedc iloveyou letmein welcome admin administrator root login monkey dragon master sunshine
  princess football baseball superman batman trustno starwars whatever changeme default secret computer internet samsung google
  facebook michael jennifer jordan hunter shadow ashley charlie freedom test testtest temp guest naru dkssudgktpdy`.split(/\s+/),
);

/** Keyboard rows and counts; a password that is only a run of one of them is common. */
const RUNS = [
  "01234567890123456789012345678901234567890",
  "09876543210987654321098765432109876543210",
  "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
  "qwertyuiopasdfghjklzxcvbnm",
  "1qaz2wsx3edc4rfv5tgb6yhn",
  "1q2w3e4r5t6y7u8i9o0p",
];

export function isCommonPassword(password: string): boolean {
  const folded = password.toLowerCase();
  const half = folded.length / 2;
  const unit = folded.slice(0, half) === folded.slice(half) ? folded.slice(0, half) : folded;
  return (
    new Set(folded).size === 1 ||
    RUNS.some((run) => run.includes(unit)) ||
    COMMON_WORDS.has(unit) ||
    COMMON_WORDS.has(bare(unit))
  );
}

/** Without the digits and signs that people put around a word: `!!password2024` → `password`. */
function bare(text: string): string {
  return text.replace(/^\P{Alphabetic}+|\P{Alphabetic}+$/gu, "");
}

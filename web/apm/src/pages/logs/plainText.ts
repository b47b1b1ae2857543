/**
 * Terminals' control sequences, which programs write into their logs for colours: OSC (a title, a link; ends with BEL or ST), CSI
 * (colours, the cursor), and short escapes (a character set). ECMA-48, both as `ESC [` and as the one character U+009B.
 */
const SEQUENCES = /(?:\u001b\]|\u009d)[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)|(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b[ -/]*[0-~]/g;

/** Text for reading. What was sent stays as it is in the answer. */
export function plainText(sent: string): string {
  return sent.includes("\u001b") || sent.includes("\u009b") || sent.includes("\u009d") ? sent.replace(SEQUENCES, "") : sent;
}

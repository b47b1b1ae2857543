/** Cuts a name after `.`, `_` and `/`, the only places a reader expects it to break. `jvm.memory_used` → `jvm.`, `memory_`, `used`. */
export function breakParts(name: string): string[] {
  return name.match(/[^._/]*[._/]+|[^._/]+$/g) ?? [name];
}

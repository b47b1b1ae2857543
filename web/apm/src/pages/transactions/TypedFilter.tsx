import { TextInput } from "@mantine/core";
import { useEffect, useState } from "react";

const WAIT_MS = 400;

interface Props {
  label: string;
  hint: string;
  width: number;
  /** What the URL says. */
  value: string | undefined;
  /** After a pause in typing; undefined = nothing is asked for. */
  onChange: (value: string | undefined) => void;
  /** What is wrong with what is typed; it is not asked for then. */
  problemOf?: (typed: string) => string | null;
}

/** A filter that is typed. What is typed stays typed when an answer fails. */
export function TypedFilter({ label, hint, width, value, onChange, problemOf }: Props) {
  const [typed, setTyped] = useState(value ?? "");
  const trimmed = typed.trim();
  const problem = trimmed === "" ? null : (problemOf?.(trimmed) ?? null);
  useEffect(() => setTyped(value ?? ""), [value]);
  useEffect(() => {
    if (problem !== null || trimmed === (value ?? "")) return undefined;
    const timer = setTimeout(() => onChange(trimmed || undefined), WAIT_MS);
    return () => clearTimeout(timer);
  }, [trimmed, problem, value, onChange]);
  return <TextInput size="xs" w={width} aria-label={label} placeholder={`${label} – ${hint}`} value={typed} error={problem} onChange={(event) => setTyped(event.currentTarget.value)} />;
}

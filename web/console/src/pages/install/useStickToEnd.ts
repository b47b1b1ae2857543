import { useLayoutEffect, useRef, useState, type RefObject } from "react";

/** A scrolled box whose last line stays in sight while lines are added, until the person scrolls up to read. */
export interface StickToEnd {
  box: RefObject<HTMLDivElement | null>;
  /** Lines added below what the person reads; 0 at the end. */
  unseen: number;
  onScroll: () => void;
  toEnd: () => void;
}

/** Browsers round scroll positions; this close to the end is the end. */
const END_PX = 24;

export function useStickToEnd(lineIds: readonly string[]): StickToEnd {
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [seenId, setSeenId] = useState<string | undefined>(undefined);
  const lastId = lineIds.at(-1);
  function toEnd() {
    atEnd.current = true;
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
    setSeenId(lastId);
  }
  useLayoutEffect(() => {
    if (!atEnd.current) return;
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
    setSeenId(lastId);
  }, [lastId]);
  function onScroll() {
    const node = box.current;
    if (!node) return;
    atEnd.current = node.scrollHeight - node.scrollTop - node.clientHeight <= END_PX;
    if (atEnd.current) setSeenId(lastId);
  }
  // A line that the log has dropped meanwhile has index -1: then all of them are new.
  const unseen = seenId === undefined ? 0 : lineIds.length - 1 - lineIds.lastIndexOf(seenId);
  return { box, unseen, onScroll, toEnd };
}

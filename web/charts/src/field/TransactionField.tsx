import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import type { AxisWords } from "./axes";
import type { FieldBox } from "./box";
import { readColours } from "./colours";
import { edgesOf } from "./edges";
import type { FieldModel, FieldView } from "./FieldModel";
import { FieldStage } from "./FieldStage";
import type { FieldHover } from "./stage";
import { FieldTip, type FieldTipWords } from "./FieldTip";
import { fieldHeight } from "./layout";
import type { Totals } from "./totals";
import { useElementWidth } from "../parts/useElementWidth";
import { useReducedMotion } from "../parts/useReducedMotion";
import styles from "./TransactionField.module.css";

export interface FieldWords extends AxisWords, FieldTipWords {
  /** Names the field for a screen reader. */
  label: string;
  /** How to use it with the keyboard. */
  keys: string;
}

interface Props {
  model: FieldModel;
  view: FieldView;
  /** About how high, CSS pixels; rows are whole pixels. */
  height: number;
  selection: FieldBox | null;
  scheme: "dark" | "light";
  syncKey: string;
  words: FieldWords;
  onSelect: (box: FieldBox, totals: Totals) => void;
  onClear: () => void;
}

/**
 * The Transaction Field: each cell is the transactions that began in its column and took as long as its row says; red where one
 * failed. Drag a rectangle, click a cell, or move a box with the arrow keys and press Enter: `onSelect` gets the box.
 */
export function TransactionField({ model, view, height, selection, scheme, syncKey, words, onSelect, onClear }: Props) {
  const [box, width] = useElementWidth<HTMLDivElement>();
  const base = useRef<HTMLCanvasElement>(null);
  const marks = useRef<HTMLCanvasElement>(null);
  const stage = useRef<FieldStage | null>(null);
  const [hover, setHover] = useState<FieldHover | null>(null);
  const still = useReducedMotion();
  const rows = useMemo(() => edgesOf(view.scale, view.max_ms).length, [view.scale, view.max_ms]);
  const canvasHeight = fieldHeight(rows, height);
  const events = useRef({ onSelect, onClear });
  useEffect(() => {
    events.current = { onSelect, onClear };
  });

  useEffect(() => {
    if (!base.current || !marks.current) return undefined;
    const made = new FieldStage(model, base.current, marks.current, {
      onHover: setHover,
      onSelect: (chosen, totals) => events.current.onSelect(chosen, totals),
      onClear: () => events.current.onClear(),
    });
    stage.current = made;
    return () => made.destroy();
  }, [model]);

  useEffect(() => {
    if (!box.current) return;
    stage.current?.setLook({ view, selection, colours: readColours(box.current, scheme), words, syncKey, still });
  }, [box, model, view, selection, scheme, words, syncKey, still]);

  useEffect(() => {
    if (width > 0) stage.current?.resize(width, canvasHeight, window.devicePixelRatio || 1);
  }, [model, width, canvasHeight]);

  return (
    <div ref={box} className={styles.field} style={{ height: canvasHeight }} data-testid="transaction-field">
      <canvas ref={base} className={styles.canvas} aria-hidden />
      <canvas
        ref={marks}
        className={styles.marks}
        tabIndex={0}
        role="application"
        aria-label={`${words.label}. ${words.keys}`}
        data-testid="transaction-field-canvas"
        {...pointerHandlers(stage)}
        onKeyDown={(event) => pressed(stage.current, event)}
      />
      {hover && <FieldTip hover={hover} fieldWidth={width} words={words} />}
    </div>
  );
}

function pointerHandlers(stage: { current: FieldStage | null }) {
  const at = (event: PointerEvent<HTMLCanvasElement>) => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  return {
    onPointerDown: (event: PointerEvent<HTMLCanvasElement>) => {
      // A finger scrolls the page; only a mouse or a pen draws boxes. A tap still selects.
      if (event.button !== 0) return;
      if (event.pointerType !== "touch") event.currentTarget.setPointerCapture(event.pointerId);
      stage.current?.pointerDown(at(event));
    },
    onPointerMove: (event: PointerEvent<HTMLCanvasElement>) => stage.current?.pointerMove(at(event)),
    onPointerUp: (event: PointerEvent<HTMLCanvasElement>) => stage.current?.pointerUp(at(event)),
    onPointerLeave: () => stage.current?.pointerLeave(),
    onPointerCancel: () => stage.current?.pointerCancel(),
  };
}

function pressed(stage: FieldStage | null, event: KeyboardEvent) {
  const meant = stage?.key(event.key, event.shiftKey, event.ctrlKey || event.altKey);
  if (meant) event.preventDefault();
}

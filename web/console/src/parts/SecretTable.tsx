import { useFormat, useNow } from "@naru/ui";
import type { ReactNode } from "react";
import { ConfirmButton } from "./ConfirmButton";
import table from "./Table.module.css";

/** What may be seen of a secret once it was made: never its text. */
export interface Secret {
  id: string;
  name: string;
  /** First and last letters. */
  hint: string;
  created_at: string;
  last_used_at: string | null;
}

export interface SecretTableWords {
  name: string;
  secret: string;
  created: string;
  lastUsed: string;
  never: string;
  /** Names the column of buttons for a screen reader. */
  actions: string;
  remove: string;
  confirmRemove: string;
}

/** A column that only one kind of secret has: is it still good? */
export interface SecretState<S> {
  heading: string;
  show: (secret: S) => ReactNode;
  /** Gone ones stay in the list and can't be removed again. */
  isGone: (secret: S) => boolean;
}

interface Props<S extends Secret> {
  secrets: S[];
  words: SecretTableWords;
  /** Rows are `key-…` or `token-…`. */
  testId: string;
  state?: SecretState<S>;
  /** The one being removed right now. */
  pendingId: string | undefined;
  onRemove: (id: string) => void;
}

/** Secrets of one kind, with a way to end each. */
export function SecretTable<S extends Secret>({ secrets, words, testId, state, pendingId, onRemove }: Props<S>) {
  const format = useFormat();
  const nowMs = useNow(10_000);
  return (
    <div className={table.scroll}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">{words.name}</th>
            <th scope="col">{words.secret}</th>
            <th scope="col">{words.created}</th>
            <th scope="col">{words.lastUsed}</th>
            {state && <th scope="col">{state.heading}</th>}
            <th scope="col">
              <span className="naru-visually-hidden">{words.actions}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {secrets.map((secret) => {
            const isGone = state?.isGone(secret) === true;
            return (
              <tr key={secret.id} className={isGone ? table.gone : undefined} data-testid={`${testId}-${secret.id}`}>
                <td>{secret.name}</td>
                <td className="naru-mono">{secret.hint}</td>
                <td>{format.time(secret.created_at, "dateTime")}</td>
                <td>{secret.last_used_at === null ? words.never : format.ago(secret.last_used_at, nowMs)}</td>
                {state && <td>{state.show(secret)}</td>}
                <td className={table.number}>
                  {!isGone && (
                    <ConfirmButton
                      label={words.remove}
                      confirm={words.confirmRemove}
                      pending={pendingId === secret.id}
                      onConfirm={() => onRemove(secret.id)}
                    />
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

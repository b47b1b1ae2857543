/** SQL for reading: keywords told apart, clauses on their own lines. And for running: parameters filled in where they were sent. */
export type TokenKind = "keyword" | "string" | "number" | "comment" | "plain";

export interface Token {
  kind: TokenKind;
  text: string;
}

const KEYWORDS = new Set(
  (
    "select from where and or not in is null like ilike between exists insert into values update set delete join left right full inner outer cross on using " +
    "group by order having limit offset returning as distinct union all case when then else end with for share nowait skip locked asc desc conflict do nothing begin " +
    "commit rollback create table index alter drop true false interval over partition"
  ).split(" "),
);

/** A word or pair of words that begins a line. */
const CLAUSES = /^(select|from|where|group by|order by|having|limit|offset|returning|values|set|union|left join|right join|full join|inner join|cross join|join|on conflict|for update|for share|insert into|delete from|update)$/;
const PARTS = /('(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|--[^\n]*|\/\*[\s\S]*?\*\/|\$\d+|:\w+|[A-Za-z_][\w$]*|\d+(?:\.\d+)?|\s+|[^\s])/g;

export function tokensOf(statement: string): Token[] {
  return (statement.match(PARTS) ?? []).map((text) => ({ text, kind: kindOf(text) }));
}

function kindOf(text: string): TokenKind {
  if (text.startsWith("'")) return "string";
  if (text.startsWith("--") || text.startsWith("/*")) return "comment";
  if (/^\d/.test(text)) return "number";
  return KEYWORDS.has(text.toLowerCase()) ? "keyword" : "plain";
}

/** The same tokens with line breaks before clauses, `and` and `or` indented; nothing but white space and the case of keywords changes. */
export function formatSql(statement: string): Token[] {
  const tokens = tokensOf(statement).map((token) => (token.kind === "keyword" ? { ...token, text: token.text.toUpperCase() } : token));
  const out: Token[] = [];
  let depth = 0;
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index] as Token;
    if (/^\s+$/.test(token.text)) {
      // A line comment ends with its line: joining the next one to it would change the statement.
      const afterComment = out.at(-1)?.text.startsWith("--") === true;
      push(out, { kind: "plain", text: afterComment ? "\n" : " " });
      continue;
    }
    if (token.text === "(") depth += 1;
    if (token.text === ")") depth = Math.max(0, depth - 1);
    if (depth === 0 && out.length > 0 && token.kind === "keyword") {
      const here = token.text.toLowerCase();
      if (clauseAt(tokens, index) && !clauseBefore(out, here)) breakLine(out, "");
      else if (here === "and" || here === "or") breakLine(out, "  ");
    }
    out.push(token);
  }
  while (out.length > 0 && /^\s+$/.test(out.at(-1)?.text ?? "")) out.pop();
  return out;
}

function clauseAt(tokens: readonly Token[], index: number): boolean {
  const first = tokens[index]?.text.toLowerCase() ?? "";
  const second = tokens.slice(index + 1).find(({ text }) => !/^\s+$/.test(text))?.text.toLowerCase() ?? "";
  return CLAUSES.test(first) || CLAUSES.test(`${first} ${second}`);
}

/** `DELETE FROM` and `LEFT JOIN` are one clause: their second word begins no line. */
function clauseBefore(out: readonly Token[], here: string): boolean {
  const before = out.filter(({ text }) => !/^\s+$/.test(text)).at(-1)?.text.toLowerCase() ?? "";
  return CLAUSES.test(`${before} ${here}`) || (before === "for" && here === "update") || before === "do";
}

function push(out: Token[], space: Token): void {
  if (out.length > 0 && !/^\s+$/.test(out.at(-1)?.text ?? "")) out.push(space);
}

function breakLine(out: Token[], indent: string): void {
  if (/^\s+$/.test(out.at(-1)?.text ?? "")) out.pop();
  out.push({ kind: "plain", text: `\n${indent}` });
}

/**
 * The statement with its parameters filled in, ready for a database console. Agents send them as `db.query.parameter.<key>` if told
 * to; without them placeholders stay.
 */
export function runnableSql(statement: string, attributes: Readonly<Record<string, unknown>>): string {
  const parameters = parametersOf(attributes);
  // Some agents count from 0, others from 1; only one can be meant in one statement.
  const base = parameters.has("0") ? 0 : 1;
  let position = 0;
  const filled = tokensOf(statement).map(({ text, kind }) => {
    if (kind === "string" || kind === "comment") return text;
    const numbered = /^\$(\d+)$/.exec(text)?.[1];
    if (numbered !== undefined) return literal(parameters.get(String(Number(numbered) - 1 + base))) ?? text;
    if (text.startsWith(":") && text.length > 1) return literal(parameters.get(text.slice(1))) ?? text;
    if (text !== "?") return text;
    position += 1;
    return literal(parameters.get(String(position - 1 + base))) ?? text;
  });
  const text = filled.join("").trim();
  return text.endsWith(";") ? text : `${text};`;
}

const PARAMETER = /^db\.(?:query\.parameter|operation\.parameter)\.(.+)$/;

function parametersOf(attributes: Readonly<Record<string, unknown>>): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [key, value] of Object.entries(attributes)) {
    const name = PARAMETER.exec(key)?.[1];
    if (name !== undefined) found.set(name, value);
  }
  return found;
}

function literal(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (value === null) return "NULL";
  const text = String(value);
  return /^-?\d+(\.\d+)?$/.test(text) || text === "true" || text === "false" ? text : `'${text.replaceAll("'", "''")}'`;
}

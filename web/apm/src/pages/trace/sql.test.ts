import { expect, test } from "vitest";
import { formatSql, runnableSql } from "./sql";

const shown = (statement: string) => formatSql(statement).map(({ text }) => text).join("");

test("clauses begin lines, conditions are indented", () => {
  expect(shown("select id, sku from order_item  where order_id = $1 and sku = 'and from' for update")).toBe(
    "SELECT id, sku\nFROM order_item\nWHERE order_id = $1\n  AND sku = 'and from'\nFOR UPDATE",
  );
  expect(shown("delete from cart c left join item i on i.id = c.item")).toBe("DELETE FROM cart c\nLEFT JOIN item i ON i.id = c.item");
  expect(shown("insert into a (select x from y where z = 1) values (1)")).toBe("INSERT INTO a (SELECT x FROM y WHERE z = 1)\nVALUES (1)");
});

test("formatting changes only white space and the case of keywords", () => {
  for (const sql of ["SELECT 'it''s', \"Weird\" FROM t -- why\nWHERE a=1;", "update t set a = ? where b in (?, ?)", "exec  proc"]) {
    const bare = (text: string) => text.replace(/\s+/g, "").toLowerCase();
    expect(bare(shown(sql))).toBe(bare(sql));
  }
});

test("parameters are filled in where they were sent, strings quoted", () => {
  const sent = { "db.query.parameter.0": "88120417", "db.query.parameter.1": "O'Hara" };
  expect(runnableSql("select $1, $2, $3 where x = '$1'", sent)).toBe("select 88120417, 'O''Hara', $3 where x = '$1';");
  expect(runnableSql("select ? from t where n = ?", sent)).toBe("select 88120417 from t where n = 'O''Hara';");
  expect(runnableSql("select 1;", {})).toBe("select 1;");
});

test("parameters may be counted from 1", () => {
  const sent = { "db.query.parameter.1": "first", "db.query.parameter.2": "second" };
  expect(runnableSql("select $1, $2, $3", sent)).toBe("select 'first', 'second', $3;");
  expect(runnableSql("select ?, ?, ?", sent)).toBe("select 'first', 'second', ?;");
});

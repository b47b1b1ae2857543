"""A stranger's own application: Flask and SQLite, with nothing of ours inside."""

import os
import sqlite3
import time

from flask import Flask, abort

app = Flask(__name__)
DATABASE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "orders.db")


def query(sql, *parameters):
    with sqlite3.connect(DATABASE) as connection:
        return connection.cursor().execute(sql, parameters).fetchall()


@app.get("/orders/<int:number>")
def order(number):
    rows = query("select id, item, price_krw from orders where id = ?", number)
    if not rows:
        abort(404)
    return {"id": rows[0][0], "item": rows[0][1], "price_krw": rows[0][2]}


@app.get("/report")
def report():
    time.sleep(0.8)
    rows = query("select item, sum(price_krw) from orders group by item order by 2 desc")
    return {"rows": rows}


@app.get("/broken")
def broken():
    raise RuntimeError("the printer is out of paper")


if __name__ == "__main__":
    with sqlite3.connect(DATABASE) as connection:
        connection.executescript(
            """
            drop table if exists orders;
            create table orders (id integer primary key, item text, price_krw integer);
            insert into orders (item, price_krw) values ('pencil', 900), ('notebook', 4500), ('pencil', 900);
            """
        )
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]))

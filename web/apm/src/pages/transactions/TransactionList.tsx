import { useInfiniteQuery } from "@tanstack/react-query";
import type { Apm } from "@naru/api";
import { EmptyState, ProblemAlert, SkeletonRows } from "@naru/ui";
import { useMemo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { scopeOf, transactionsQuery, type TransactionFilter } from "../../data/queries";
import { Incomplete } from "../../parts/Incomplete";
import type { Origin } from "../../view/back";
import type { PageView } from "../../view/useView";
import { sortingOf, sortText, type Sorting } from "./sorting";
import { TransactionTable } from "./TransactionTable";
import styles from "./TransactionList.module.css";

interface Props {
  page: PageView;
  filter: Omit<TransactionFilter, "sort" | "limit">;
  /** A selected stretch of time; null = the page's window. */
  span: { from: number; to: number } | null;
  title: string;
  /** The page this list is on. */
  from: Origin;
  actions?: ReactNode;
}

const PAGE_ROWS = 200;
/** Other columns than time and duration are sorted here, so that as many as one answer may hold are loaded. */
const PAGE_ROWS_MAX = 1000;

/** Transactions of a box or a window, loaded page by page. */
export function TransactionList({ page, filter, span, title, from, actions }: Props) {
  const { t } = useTranslation("transactions");
  const sorting = useMemo(() => sortingOf(page.view.sort), [page.view.sort]);
  const order = serverOrder(sorting);
  const scope = scopeOf(page);
  const question: TransactionFilter = { ...filter, sort: order ?? "-duration", limit: order === null ? PAGE_ROWS_MAX : PAGE_ROWS };
  const list = useInfiniteQuery(transactionsQuery(scope, question, span));
  const pages = list.data?.pages;
  const transactions = useMemo(() => unique(pages?.flatMap((one) => one.transactions) ?? []), [pages]);
  const total = pages?.[0]?.total;
  const empty = span === null && Object.keys(filter).length === 0 ? "emptyRange" : "empty";
  const incomplete = pages?.flatMap((one) => one.incomplete) ?? [];
  return (
    <section className={styles.list} aria-label={title} aria-busy={list.isFetching}>
      <header className={styles.head}>
        <h2 className={styles.title}>
          {title}
          <span className={styles.note} data-testid="transaction-count">
            {total !== undefined ? t("list.total", { count: total }) : list.data ? t("list.loaded", { count: transactions.length }) : ""}
          </span>
          {order === null && list.hasNextPage && <span className={styles.note}>{t("list.sortedLoaded", { count: transactions.length })}</span>}
        </h2>
        <Incomplete show={incomplete.length > 0} parts={incomplete} />
        <div className={styles.actions}>{actions}</div>
      </header>
      <ProblemAlert error={list.error} onRetry={() => void list.refetch()} />
      {list.isPending && !list.error && <SkeletonRows rows={8} />}
      {list.data && transactions.length === 0 && <EmptyState title={t(`list.${empty}.title`)}>{t(`list.${empty}.body`)}</EmptyState>}
      {transactions.length > 0 && (
        <div className={styles.table}>
          <TransactionTable
            project={page.project}
            from={from}
            transactions={transactions}
            sorting={sorting}
            onSort={(next) => page.change({ sort: sortText(next) })}
            onEnd={() => list.hasNextPage && !list.isFetchingNextPage && void list.fetchNextPage()}
          />
        </div>
      )}
    </section>
  );
}

/** What the server can sort by over everything; null = only what is loaded can be sorted. */
function serverOrder(by: Sorting): "-start" | "-duration" | null {
  if (by.id === "time" && by.desc) return "-start";
  return by.id === "duration" && by.desc ? "-duration" : null;
}

/** A row needs an id of its own: what an agent sent twice is one transaction. */
function unique(transactions: Apm.Transaction[]): Apm.Transaction[] {
  return [...new Map(transactions.map((one) => [`${one.trace_id} ${one.span_id}`, one])).values()];
}

/** The made-up shop: applications, what they do, how long it takes. */
export interface Operation {
  name: string;
  usual_ms: number;
  share: number;
  failing: number;
  sql: number;
}

export interface ShopApplication {
  name: string;
  language: string;
  instances: string[];
  operations: Operation[];
}

const pods = (name: string, tails: string[]) => tails.map((tail) => `${name}-${tail}`);

export const SHOP: ShopApplication[] = [
  {
    name: "gateway",
    language: "nodejs",
    instances: pods("gateway-5c6b", ["9lm2w", "x2k4q"]),
    operations: [
      { name: "GET /cart", usual_ms: 42, share: 4, failing: 0.002, sql: 0 },
      { name: "POST /orders/{id}/pay", usual_ms: 240, share: 1, failing: 0.02, sql: 0 },
      { name: "GET /products/{id}", usual_ms: 18, share: 6, failing: 0.001, sql: 0 },
    ],
  },
  {
    name: "checkout",
    language: "java",
    instances: pods("checkout-7d9f", ["x2k4q", "bq8zt", "m40ds"]),
    operations: [
      { name: "POST /orders/{id}/pay", usual_ms: 180, share: 2, failing: 0.03, sql: 38 },
      { name: "GET /orders/{id}", usual_ms: 34, share: 5, failing: 0.001, sql: 3 },
    ],
  },
  {
    name: "catalog",
    language: "python",
    instances: pods("catalog-66b8", ["h7t2c", "p0w9r"]),
    operations: [
      { name: "GET /products/{id}", usual_ms: 12, share: 9, failing: 0.0005, sql: 2 },
      { name: "GET /search", usual_ms: 95, share: 3, failing: 0.004, sql: 4 },
    ],
  },
  { name: "risk", language: "go", instances: pods("risk-84cc", ["k1z8v"]), operations: [{ name: "GET /score/{user}", usual_ms: 7, share: 4, failing: 0.0004, sql: 1 }] },
  { name: "ledger", language: "dotnet", instances: pods("ledger-0f2a", ["q9m1n"]), operations: [{ name: "process payment-settled", usual_ms: 26, share: 1, failing: 0.002, sql: 3 }] },
];

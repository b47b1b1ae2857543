/**
 * Short forms for what `openapi-typescript` spells out per operation. Only the hand-kept files use them; generated ones don't.
 */
import type { Problem } from "./problem";

type Answers<Status extends number, Data> = {
  [status in Status]: { headers: { [name: string]: unknown }; content: { "application/json": Data } };
} & { default: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } } };

interface Parameters<Query = undefined> {
  query?: Query;
  header?: never;
  path?: never;
  cookie?: never;
}

/** No request body, an answer of `Data`. */
export interface Json<Status extends number, Data> {
  parameters: Parameters;
  requestBody?: never;
  responses: Answers<Status, Data>;
}

/** A question with query parameters; required ones make the argument required. */
export interface Get<Data, Query = undefined> {
  parameters: undefined extends Query ? Parameters : Omit<Parameters, "query"> & QueryOf<Query>;
  requestBody?: never;
  responses: Answers<200, Data>;
}

type QueryOf<Query> = Partial<Query> extends Query ? { query?: Query } : { query: Query };

/** A JSON body in, `Data` out. */
export interface Body<In, Status extends number, Data> {
  parameters: Parameters;
  requestBody: { content: { "application/json": In } };
  responses: Answers<Status, Data>;
}

/** A JSON body that may be left out, 204 out. */
export type OptionalBody<In> = Omit<Empty, "requestBody"> & {
  requestBody?: { content: { "application/json": In } };
};

/** Nothing in, 204 out. */
export interface Empty {
  parameters: Parameters;
  requestBody?: never;
  responses: { 204: { headers: { [name: string]: unknown }; content?: never } } & {
    default: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
  };
}

/** The same operation with path parameters. */
export type Path<Names, Operation extends { parameters: object }> = Omit<Operation, "parameters"> & {
  parameters: Omit<Operation["parameters"], "path"> & { path: Names };
};

/**
 * The console host's API, prefix `/api/v1`.
 *
 * Kept by hand in the shape `openapi-typescript` writes (`paths` and `components`), so that this file can give way to one made
 * from the host's own `/api/openapi.json`. Times are RFC 3339, or unix ms where the name ends in `_ms`.
 */
import type { Body, Empty, Get, Json, OptionalBody, Path } from "./shape";

export interface components {
  schemas: {
    User: { id: string; email: string; name: string; locale: string; email_verified: boolean; verify_by: string | null };
    Tenant: { id: string; slug: string; company: string; region: string; apm_url: string; created_at: string };
    Session: {
      user: components["schemas"]["User"];
      tenant: components["schemas"]["Tenant"];
      role: "owner" | "admin" | "operator" | "viewer";
    };
    Signup: {
      email: string;
      password: string;
      name: string;
      company: string;
      tenant: string;
      region: string;
      locale: string;
    };
    /** `code` is reserved, confusable, punycode, too_short, too_long, invalid or taken. */
    Availability: { tenant: string; available: boolean; code?: string | null; message?: string | null };
    Region: { name: string; title: string };
    Platform:
      | "java"
      | "spring-boot"
      | "tomcat"
      | "nodejs"
      | "python"
      | "php"
      | "go"
      | "dotnet"
      | "kubernetes"
      | "host"
      | "cloud-foundry"
      | "opentelemetry";
    Project: {
      id: string;
      name: string;
      platform: components["schemas"]["Platform"];
      region: string;
      /** The folder this project lies in; `default` when none was chosen. */
      group: string;
      created_at: string;
      apm_url: string;
      first_data_at: string | null;
      /** To the hour: the start of the last UTC hour with data, or the first data if that came later. */
      last_data_at: string | null;
      /** Null while metering can't be asked. */
      spans_total: number | null;
    };
    /** An empty group is `default`. */
    NewProject: { name: string; platform: components["schemas"]["Platform"]; region: string; group: string };
    Install: { otlp_grpc_url: string; otlp_http_url: string; region: string; apm_url: string };
    LicenseKey: {
      id: string;
      name: string;
      /** First and last letters of the key, safe to show. */
      hint: string;
      created_at: string;
      last_used_at: string | null;
      revoked_at: string | null;
    };
    /** `key` is the whole key text, and this answer is the only one that ever holds it. */
    IssuedLicenseKey: components["schemas"]["LicenseKey"] & { key: string };
    Token: { id: string; name: string; hint: string; created_at: string; last_used_at: string | null };
    IssuedToken: components["schemas"]["Token"] & { token: string };
    UsageCount: { spans: number; metric_points: number; log_records: number; bytes: number };
    /** `day` is a UTC calendar day, `2026-01-31`. */
    UsageDay: components["schemas"]["UsageCount"] & { day: string };
    Usage: {
      from: string;
      to: string;
      totals: components["schemas"]["UsageCount"];
      days: components["schemas"]["UsageDay"][];
    };
  };
}

type S = components["schemas"];

export interface paths {
  "/signup": { post: Body<S["Signup"], 201, S["Session"]> };
  "/signup/availability": { get: Get<S["Availability"], { tenant: string }> };
  "/email-verifications": { post: Body<{ token: string }, 200, { email: string }> };
  /** `email` only without a session. */
  "/email-verifications/resend": { post: OptionalBody<{ email: string }> };
  "/sessions": { post: Body<{ email: string; password: string }, 201, S["Session"]> };
  "/sessions/current": { get: Get<S["Session"]>; delete: Empty };
  "/me": { patch: Body<{ locale?: string; name?: string }, 200, S["Session"]> };
  "/regions": { get: Get<{ regions: S["Region"][] }> };
  "/projects": { get: Get<{ projects: S["Project"][] }>; post: Body<S["NewProject"], 201, S["Project"]> };
  "/projects/{id}": { get: Path<{ id: string }, Get<S["Project"]>> };
  "/projects/{id}/install": { get: Path<{ id: string }, Get<S["Install"]>> };
  "/projects/{id}/license-keys": {
    get: Path<{ id: string }, Get<{ license_keys: S["LicenseKey"][] }>>;
    post: Path<{ id: string }, Body<{ name?: string }, 201, S["IssuedLicenseKey"]>>;
  };
  "/license-keys/{id}": { delete: Path<{ id: string }, Empty> };
  "/tokens": { get: Get<{ tokens: S["Token"][] }>; post: Body<{ name: string }, 201, S["IssuedToken"]> };
  "/tokens/{id}": { delete: Path<{ id: string }, Empty> };
  "/projects/{id}/test-trace": { post: Path<{ id: string }, Json<202, { trace_id: string }>> };
  "/projects/{id}/usage": { get: Path<{ id: string }, Get<S["Usage"], { from?: string; to?: string }>> };
}

export type Session = S["Session"];
export type Signup = S["Signup"];
export type Availability = S["Availability"];
export type Region = S["Region"];
export type Platform = S["Platform"];
export type Project = S["Project"];
export type NewProject = S["NewProject"];
export type Install = S["Install"];
export type LicenseKey = S["LicenseKey"];
export type IssuedLicenseKey = S["IssuedLicenseKey"];
export type Token = S["Token"];
export type IssuedToken = S["IssuedToken"];
export type Usage = S["Usage"];
export type UsageDay = S["UsageDay"];

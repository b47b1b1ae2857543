import type { Console } from "@naru/api";

/** What the mock knows. */
export interface World {
  session: Console.Session | null;
  projects: Console.Project[];
  keys: Map<string, Console.LicenseKey[]>;
  tokens: Console.Token[];
  /** Plays the first minute of an agent; false = the log stays empty. */
  arriving: boolean;
}

export const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

export function sessionOf(email: string, name: string, company: string, slug: string, verified: boolean): Console.Session {
  return {
    user: {
      id: "usr_01",
      email,
      name,
      locale: "ko",
      email_verified: verified,
      verify_by: verified ? null : new Date(Date.now() + 86_400_000).toISOString(),
    },
    tenant: {
      id: "tnt_01",
      slug,
      company,
      region: "ap-ne2",
      apm_url: `http://${slug}.apm.ap-ne2.localhost:8080`,
      created_at: ago(47_000),
    },
    role: "owner",
  };
}

export function projectOf(over: Partial<Console.Project> & { id: string; name: string }): Console.Project {
  return {
    platform: "python",
    region: "ap-ne2",
    group: "default",
    created_at: ago(40_000),
    apm_url: "http://acme.apm.ap-ne2.localhost:8080",
    first_data_at: null,
    last_data_at: null,
    spans_total: 0,
    ...over,
  };
}

const HOUR = 3_600_000;

export function startWorld(scene: string): World {
  const session = sessionOf("dana@acme.example", "김하늘", "Acme", "acme", scene !== "new");
  const world: World = { session, projects: [], keys: new Map(), tokens: [], arriving: scene !== "new" };
  if (scene === "out") return { ...world, session: null };
  if (scene === "empty") return world;
  if (scene === "new") return { ...world, projects: [projectOf({ id: "prj_01", name: "shop-prod", group: "운영" })] };
  world.projects = [
    projectOf({ id: "prj_01", name: "shop-prod", group: "운영" }),
    projectOf({ id: "prj_02", name: "checkout", platform: "java", group: "운영", first_data_at: ago(90 * HOUR), last_data_at: ago(900), spans_total: 48_211_907, created_at: ago(91 * HOUR) }),
    projectOf({ id: "prj_03", name: "search-api", platform: "go", group: "운영", first_data_at: ago(70 * HOUR), last_data_at: ago(2100), spans_total: 9_120_444, created_at: ago(71 * HOUR) }),
    projectOf({ id: "prj_04", name: "web-front", platform: "nodejs", group: "스테이징", first_data_at: ago(30 * HOUR), last_data_at: ago(5 * HOUR), spans_total: 221_008, created_at: ago(31 * HOUR) }),
    projectOf({ id: "prj_05", name: "playground", platform: "opentelemetry", created_at: ago(2 * HOUR) }),
  ];
  world.keys.set("prj_02", [
    { id: "lk_1", name: "checkout-prod", hint: "nlk_ap-ne2_4f…7Qd2", created_at: ago(90 * HOUR), last_used_at: ago(4000), revoked_at: null },
    { id: "lk_2", name: "checkout-old", hint: "nlk_ap-ne2_Zk…p1Wx", created_at: ago(91 * HOUR), last_used_at: ago(60 * HOUR), revoked_at: ago(50 * HOUR) },
  ]);
  world.tokens = [{ id: "tok_1", name: "grafana", hint: "nat_7f…Qe1", created_at: ago(80 * HOUR), last_used_at: ago(3 * 60_000) }];
  return world;
}

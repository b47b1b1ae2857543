import type { Console } from "@naru/api";
import { cloudFoundry, opentelemetry } from "./anywhere";
import { host, kubernetes } from "./collector";
import { dotnet } from "./dotnet";
import { go } from "./go";
import type { Guide, GuideId } from "./guide";
import { java, tomcat } from "./java";
import { nodejs } from "./nodejs";
import { php } from "./php";
import { python } from "./python";

export { wholeText, type Connection, type Guide, type GuideId, type Shell, type Step } from "./guide";

/** In the order of the page's tiles. */
export const GUIDES: readonly Guide[] = [
  java,
  tomcat,
  python,
  nodejs,
  go,
  php,
  dotnet,
  kubernetes,
  host,
  cloudFoundry,
  opentelemetry,
];

export function guideOf(id: GuideId): Guide {
  return GUIDES.find((guide) => guide.id === id) ?? opentelemetry;
}

export function isGuideId(value: unknown): value is GuideId {
  return GUIDES.some((guide) => guide.id === value);
}

/** The guide a project of this platform starts with. */
export function guideForPlatform(platform: Console.Platform): GuideId {
  return platform === "spring-boot" ? "java" : platform;
}

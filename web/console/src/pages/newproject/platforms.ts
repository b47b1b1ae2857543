import type { Console } from "@naru/api";

/** Names people know them by; they are the same in both languages except where `words` says otherwise. */
export const PLATFORMS: readonly { id: Console.Platform; name: string }[] = [
  { id: "java", name: "Java" },
  { id: "spring-boot", name: "Spring Boot" },
  { id: "tomcat", name: "Tomcat" },
  { id: "nodejs", name: "Node.js" },
  { id: "python", name: "Python" },
  { id: "php", name: "PHP" },
  { id: "go", name: "Go" },
  { id: "dotnet", name: ".NET" },
  { id: "kubernetes", name: "Kubernetes" },
  { id: "host", name: "Linux" },
  { id: "cloud-foundry", name: "Cloud Foundry" },
  { id: "opentelemetry", name: "OpenTelemetry" },
];

export function platformName(id: Console.Platform): string {
  return PLATFORMS.find((platform) => platform.id === id)?.name ?? id;
}

export function isPlatform(value: unknown): value is Console.Platform {
  return PLATFORMS.some((platform) => platform.id === value);
}

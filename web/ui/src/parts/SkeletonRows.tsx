import { Skeleton } from "@mantine/core";
import { useTranslation } from "react-i18next";

interface Props {
  rows: number;
  /** Of one row, CSS pixels. */
  height?: number;
  gap?: number;
}

/** Stands where rows will be, as high as they will be, while the first answer is under way. */
export function SkeletonRows({ rows, height = 14, gap = 16 }: Props) {
  const { t } = useTranslation("ui");
  return (
    <div role="status" aria-label={t("loading")} style={{ display: "grid", gap, padding: "8px 14px 14px" }} data-testid="skeleton">
      {Array.from({ length: rows }, (_, index) => (
        // Uneven ends read as text to come, not as bars of a chart.
        <Skeleton key={index} height={height} width={`${100 - ((index * 7) % 4) * 9}%`} radius={5} />
      ))}
    </div>
  );
}

/** RGB, 0…255. */
type Rgb = readonly [number, number, number];

export const LEVELS = 48;
/** Bends the scale, so that the fullest part of a busy field is not one plain of white. */
const BEND = 1.25;

/** Colours of one scheme. `density` and `failed` are ABGR words for `ImageData`, one per level. */
export interface FieldPalette {
  density: Uint32Array;
  failed: Uint32Array;
  /** The mark inside a failed cell: a failure is a shape too, never only a colour. */
  mark: number;
}

/** One transaction alone stands out three to one against the background: a slow outlier is what people look for. */
const RAMPS: Record<"dark" | "light", { density: Rgb[]; failed: Rgb[]; mark: Rgb }> = {
  dark: {
    density: [[74, 116, 216], [92, 136, 240], [122, 164, 255], [160, 190, 255], [198, 215, 255], [230, 238, 255]],
    failed: [[176, 46, 62], [222, 66, 82], [255, 96, 112], [255, 138, 148]],
    mark: [255, 226, 228],
  },
  light: {
    density: [[98, 138, 240], [72, 116, 236], [43, 96, 238], [30, 78, 206], [20, 56, 156], [13, 36, 110]],
    failed: [[238, 128, 140], [222, 70, 88], [196, 32, 54], [150, 14, 36]],
    mark: [92, 4, 18],
  },
};

export function paletteOf(scheme: "dark" | "light"): FieldPalette {
  const ramp = RAMPS[scheme];
  return { density: levels(ramp.density), failed: levels(ramp.failed), mark: word(ramp.mark) };
}

/**
 * The level of a count. Logarithmic: one transaction is seen, ten thousand don't blind. `most` is rounded up to a power of two so
 * that colours don't flicker with each point.
 */
export function levelTable(most: number): (count: number) => number {
  const top = Math.log2(1 + 2 ** Math.ceil(Math.log2(Math.max(most, 8))));
  return (count) => Math.min(LEVELS - 1, Math.floor((Math.log2(1 + count) / top) ** BEND * LEVELS));
}

function levels(stops: Rgb[]): Uint32Array {
  return Uint32Array.from({ length: LEVELS }, (_, level) => {
    const place = (level / (LEVELS - 1)) * (stops.length - 1);
    const low = stops[Math.floor(place)] ?? [0, 0, 0];
    const high = stops[Math.ceil(place)] ?? low;
    const share = place - Math.floor(place);
    return word([0, 1, 2].map((part) => Math.round((low[part] ?? 0) * (1 - share) + (high[part] ?? 0) * share)) as unknown as Rgb);
  });
}

function word([red, green, blue]: Rgb): number {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

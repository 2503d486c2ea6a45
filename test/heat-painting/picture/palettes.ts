// Color palettes of 256 entries with red, green, blue and alpha. Pure.

/** A color stop: intensity 0..1, then red, green, blue and alpha 0..255. */
type Stop = readonly [at: number, red: number, green: number, blue: number, alpha: number];

const STOPS: Record<string, readonly Stop[]> = {
  hot: [
    [0, 90, 10, 20, 0],
    [0.06, 120, 16, 26, 70],
    [0.3, 190, 36, 20, 190],
    [0.55, 245, 110, 20, 235],
    [0.8, 255, 214, 70, 250],
    [1, 255, 255, 245, 255],
  ],
  blue: [
    [0, 10, 20, 90, 0],
    [0.06, 14, 32, 120, 70],
    [0.35, 20, 80, 210, 190],
    [0.65, 50, 160, 250, 235],
    [0.85, 150, 220, 255, 250],
    [1, 255, 255, 255, 255],
  ],
  bluered: [
    [0, 20, 30, 110, 0],
    [0.06, 30, 50, 150, 80],
    [0.35, 60, 80, 220, 190],
    [0.6, 170, 60, 190, 230],
    [0.82, 245, 50, 70, 250],
    [1, 255, 190, 170, 255],
  ],
  purple: [
    [0, 50, 10, 80, 0],
    [0.06, 70, 16, 110, 70],
    [0.35, 130, 40, 190, 190],
    [0.65, 190, 90, 240, 235],
    [0.85, 230, 180, 255, 250],
    [1, 255, 250, 255, 255],
  ],
  gray: [
    [0, 60, 60, 60, 0],
    [0.06, 80, 80, 80, 70],
    [0.5, 150, 150, 150, 210],
    [1, 255, 255, 255, 255],
  ],
  orange: [
    [0, 140, 50, 0, 0],
    [0.06, 170, 64, 0, 80],
    [0.4, 252, 82, 0, 200],
    [0.75, 255, 140, 40, 245],
    [1, 255, 214, 160, 255],
  ],
  mobileblue: [
    [0, 0, 60, 140, 0],
    [0.06, 0, 80, 180, 90],
    [0.4, 0, 116, 230, 210],
    [0.75, 40, 160, 255, 245],
    [1, 170, 224, 255, 255],
  ],
  grayscale: [
    [0, 0, 0, 0, 255],
    [1, 255, 255, 255, 255],
  ],
  red: [
    [0, 110, 0, 0, 0],
    [0.06, 140, 0, 0, 80],
    [0.4, 220, 20, 20, 200],
    [0.75, 255, 70, 60, 245],
    [1, 255, 200, 190, 255],
  ],
};

export interface Palette {
  /** 256 triples of red, green and blue. */
  rgb: Buffer;
  /** 256 alpha values. */
  alpha: Buffer;
}

const PALETTES = new Map(Object.entries(STOPS).map(([color, stops]) => [color, interpolate(stops)]));

/** The palette of a color; `hot` for an unknown color. */
export function paletteOf(color: string): Palette {
  return PALETTES.get(color) ?? PALETTES.get('hot')!;
}

function interpolate(stops: readonly Stop[]): Palette {
  const rgb = Buffer.alloc(256 * 3);
  const alpha = Buffer.alloc(256);
  for (let index = 0; index < 256; index++) {
    const at = index / 255;
    const above = Math.max(
      1,
      stops.findIndex((stop) => stop[0] >= at),
    );
    const [from, to] = [stops[above - 1]!, stops[above]!];
    const share = (at - from[0]) / (to[0] - from[0]);
    const mix = (channel: 1 | 2 | 3 | 4): number =>
      Math.round(from[channel] + share * (to[channel] - from[channel]));
    rgb.set([mix(1), mix(2), mix(3)], index * 3);
    alpha[index] = mix(4);
  }
  return { rgb, alpha };
}

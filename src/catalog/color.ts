/** The colours of the heatmap. The upstream paints an unknown colour `hot` without a word, so they are checked here. */

export interface Color {
  /** The upstream's path segment. */
  readonly id: string;
  readonly title: string;
}

export const COLORS: readonly Color[] = [
  { id: 'hot', title: 'Hot' },
  { id: 'blue', title: 'Blue' },
  { id: 'bluered', title: 'Blue-Red' },
  { id: 'purple', title: 'Purple' },
  { id: 'gray', title: 'Gray' },
  { id: 'orange', title: 'Orange' },
  { id: 'mobileblue', title: 'Mobile Blue' },
  { id: 'grayscale', title: 'Grayscale (opaque raw intensity)' },
  { id: 'red', title: 'Red (legacy)' },
];

export const COLOR_IDS = COLORS.map((color) => color.id);

/** `grayscale` is opaque, a base for recolouring, and `red` is legacy: both are off unless asked for. */
export const DEFAULT_COLOR_IDS: readonly string[] = COLOR_IDS.filter(
  (id) => id !== 'grayscale' && id !== 'red',
);

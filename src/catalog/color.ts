/** The colours of the heatmap. The upstream silently replaces an unknown colour by `hot`, so the catalog checks them. */

export interface Color {
  /** Path segment in the upstream URL. */
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

/** Without `grayscale`, which is opaque and meant for recolouring, and `red`, which is legacy. */
export const DEFAULT_COLOR_IDS: readonly string[] = COLOR_IDS.filter(
  (id) => id !== 'grayscale' && id !== 'red',
);

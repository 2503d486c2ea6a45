/** A layer is one sport in one colour; many clients reach only a layer's first style, so colours are not styles. */
import type { Color } from './color.js';
import type { Sport } from './sport.js';

export interface Layer {
  /** `{sport}-{color}`, e.g. `sport_Ride-bluered`; only `[A-Za-z0-9_-]`. */
  readonly identifier: string;
  readonly title: string;
  readonly abstract: string;
  readonly keywords: readonly string[];
  readonly sport: Sport;
  readonly color: Color;
}

/** The only style of every layer. */
export const STYLE = 'default';
/** The only format of every layer. */
export const FORMAT = 'image/png';

export function layerOf(sport: Sport, color: Color): Layer {
  return {
    identifier: `${sport.id}-${color.id}`,
    title: `${sport.title} - ${color.title}`,
    abstract: `Strava Global Heatmap: ${sport.title}, colour ${color.title}.`,
    keywords: ['heatmap', 'Strava', ...sport.keywords, color.id],
    sport,
    color,
  };
}

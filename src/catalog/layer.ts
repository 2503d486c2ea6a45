/** A layer is one sport in one colour. Colours are not WMTS styles, because many clients only use the first style of a layer. */
import type { Color } from './color.js';
import type { Sport } from './sport.js';

export interface Layer {
  /** `{sport}-{color}`, e.g. `sport_Ride-bluered`; characters `[A-Za-z0-9_-]` only. */
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

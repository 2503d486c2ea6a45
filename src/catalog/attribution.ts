/** What a map that shows the heatmap has to say. */
export const ATTRIBUTION = 'Heatmap (c) Strava';

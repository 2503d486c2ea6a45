/** The program as its user calls it: from a checkout, it is not on the PATH. */
export const PROGRAM = ['start', 'npx'].includes(process.env['npm_lifecycle_event'] ?? '')
  ? 'npx strava-heatmap-gateway'
  : 'strava-heatmap-gateway';

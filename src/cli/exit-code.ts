/** The exit codes of the program. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  rejected: 3,
  refused: 4,
  upstream: 5,
  noBrowser: 6,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_CODES =
  'Exit codes: 0 success; 1 failure; 2 invalid command, option or setting; 3 session or credentials rejected; ' +
  '4 Strava requires a captcha or a code; 5 Strava is not available; 6 no browser.';

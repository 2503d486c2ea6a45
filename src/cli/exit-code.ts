/** What a command's exit code says to a script. */
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

export const EXIT_CODES = `Exit codes: 0 done; 1 failed; 2 wrong command, flag or setting; 3 session or credentials rejected;
4 Strava wants a captcha or a code; 5 Strava cannot be reached or is in trouble; 6 no browser.
`;

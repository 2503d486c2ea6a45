/** Points in time as text. Pure, except for the language and time zone of the browser. */

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** For example "until Sat 18:00 (in 5 hours)". Times are epoch milliseconds. */
export function untilText(time, now) {
  return `until ${timeText(time, now)} (${relativeText(time - now)})`;
}

/** For example "Sat 18:00" within five days of `now`, otherwise "4 Mar 2027". */
export function timeText(time, now) {
  const near = Math.abs(time - now) < 5 * 86_400_000;
  return new Intl.DateTimeFormat(undefined, near ? NEAR : FAR).format(time);
}

const NEAR = { weekday: 'short', hour: '2-digit', minute: '2-digit' };
const FAR = { dateStyle: 'medium' };

function relativeText(ms) {
  const [unit, length] = UNITS.find(([, length]) => Math.abs(ms) >= length) ?? UNITS.at(-1);
  return new Intl.RelativeTimeFormat('en', { numeric: 'always' }).format(Math.trunc(ms / length), unit);
}

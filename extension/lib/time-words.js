/** Points in time as a person says them. Pure, but for the browser's language and time zone. */

const STEPS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** For example "until Sat 18:00 (in 5 hours)"; epoch milliseconds. */
export function untilWords(time, now) {
  return `until ${pointInTime(time, now)} (${distance(time - now)})`;
}

/** For example "Sat 18:00" within five days of `now`, and "4 Mar 2027" beyond. */
export function pointInTime(time, now) {
  const near = Math.abs(time - now) < 5 * 86_400_000;
  return new Intl.DateTimeFormat(undefined, near ? NEAR : FAR).format(time);
}

const NEAR = { weekday: 'short', hour: '2-digit', minute: '2-digit' };
const FAR = { dateStyle: 'medium' };

function distance(ms) {
  const [unit, length] = STEPS.find(([, length]) => Math.abs(ms) >= length) ?? STEPS.at(-1);
  return new Intl.RelativeTimeFormat('en', { numeric: 'always' }).format(Math.trunc(ms / length), unit);
}

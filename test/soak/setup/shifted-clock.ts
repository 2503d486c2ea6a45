/**
 * Loaded into the process of the gateway (`node --import`): moves its wall clock by the milliseconds in the file
 * `CLOCK_SHIFT_FILE` at each SIGUSR2. Timers and `performance.now()` go on as before.
 */
import { readFileSync } from 'node:fs';

const SystemDate = Date;
let shiftMs = 0;
const now = (): number => SystemDate.now() + shiftMs;

globalThis.Date = new Proxy(SystemDate, {
  construct: (target, args: unknown[], newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as Date,
  apply: () => String(new SystemDate(now())),
  get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
});

process.on('SIGUSR2', () => {
  shiftMs = Number(readFileSync(process.env['CLOCK_SHIFT_FILE']!, 'utf8'));
});

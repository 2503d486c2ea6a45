/** The key file and the cookie file change, become invalid and are repaired. */
import { setTimeout as sleep } from 'node:timers/promises';
import { keyed, newKey, type Key } from '../clients/keys.js';
import { LOG_MESSAGES } from '../log-messages.js';
import { FILE_CHANGE_MS } from '../settings.js';
import type { Fault, FaultContext } from './fault-context.js';

export const FILE_FAULTS: readonly Fault[] = [
  {
    name: 'key file changes',
    async play(context) {
      const { files, secrets, keys, tally } = context.system;
      const key = newKey('the changing API key');
      secrets.add(key.name, key.value);
      const times = [
        await changeKeys(context, [...keys, key], key, 200, 'added'),
        await changeKeys(context, keys, key, 401, 'removed'),
      ];
      await expectLog(context, LOG_MESSAGES.keysUnusable, () => files.breakKeys());
      times.push(
        await changeKeys(context, [...keys, key], key, 200, 'added to an invalid file'),
        await changeKeys(context, keys, key, 401, 'removed again'),
      );
      await sleep(300);
      await expectStatus(context, key, 401, 'removed some time ago');
      tally.note(`key file changes: in force after ${times.join(', ')} ms`);
    },
  },
  {
    name: 'cookie file breaks',
    async play(context) {
      const { files, upstream, tally } = context.system;
      await expectLog(context, LOG_MESSAGES.cookiesUnreadable, () => files.breakCookies());
      // The cookies in memory stay in force and can be refreshed.
      await context.revokeKeyPairAndRefresh();
      await files.putSession(upstream.sessionValue);
      await context.revokeKeyPairAndRefresh();
      const written = await context.eventually(
        2 * FILE_CHANGE_MS,
        async () => (await files.cookiesProblem(upstream.sessionValue, { signed: true })) === undefined,
      );
      if (!written) tally.add('the gateway does not write to the repaired cookie file');
    },
  },
];

async function changeKeys(
  context: FaultContext,
  keys: readonly Key[],
  key: Key,
  status: number,
  change: string,
): Promise<number> {
  await context.system.files.putKeys(keys);
  return expectStatus(context, key, status, change);
}

/** A request with `key` must have `status` within the time limit for changed files; gives the milliseconds. */
async function expectStatus(
  context: FaultContext,
  key: Key,
  status: number,
  change: string,
): Promise<number> {
  const start = performance.now();
  const call = keyed('/tilejson/all/hot.json', key, 'Bearer');
  const inForce = await context.eventually(FILE_CHANGE_MS, async () => {
    const outcome = await context.send({
      route: 'changing key',
      method: 'GET',
      ...call,
      shown: call.path,
      expected: { kind: 'status', statuses: [200, 401], reports: false },
    });
    return outcome.kind === 'response' && outcome.status === status;
  });
  if (!inForce) context.system.tally.add(`a key that was ${change} is not answered with ${status} in time`);
  return Math.round(performance.now() - start);
}

/** `cause` must be followed by a log line with `message`. */
async function expectLog(context: FaultContext, message: string, cause: () => Promise<void>): Promise<void> {
  const { log, tally } = context.system;
  const before = log.count(message);
  await cause();
  if (!(await context.eventually(FILE_CHANGE_MS, () => log.count(message) > before)))
    tally.add(`the log does not contain "${message}" in time`);
}

/** Files that change, break and are repaired while nobody but their owner may notice. */
import { setTimeout as pause } from 'node:timers/promises';
import { newKey, withKey, type Key } from '../clients/keys.js';
import { FILE_CHANGE_MS } from '../settings.js';
import type { Fault, Stage } from './fault-context.js';

export const FILE_FAULTS: readonly Fault[] = [
  {
    name: 'key file changes',
    async play(stage) {
      const { files, secrets, keys, tally } = stage.means;
      const key = newKey('the changing API key');
      secrets.add(key.name, key.value);
      const changes: (readonly [readonly Key[], number, string])[] = [
        [[...keys, key], 200, 'added'],
        [keys, 401, 'removed'],
        [[...keys, key], 200, 'added to a file that was broken'],
        [keys, 401, 'removed again'],
      ];
      const took: number[] = [];
      for (const [content, status, change] of changes) {
        if (change.endsWith('broken'))
          await reported(stage, 'the changed API keys are not usable; the old ones stay in force', () =>
            files.breakKeys(),
          );
        await files.putKeys(content);
        took.push(await expectWithin(stage, key, status, change));
      }
      await pause(300);
      await expectWithin(stage, key, 401, 'removed a while ago');
      tally.note(`key file changes: in force after ${took.join(', ')} ms`);
    },
  },
  {
    name: 'cookie file breaks',
    async play(stage) {
      const { files, upstream, tally } = stage.means;
      await reported(stage, 'the changed cookies cannot be read; the old ones stay in force', () =>
        files.breakCookies(),
      );
      // What is in memory counts, and can be refreshed.
      await stage.revokeKeyPairUnnoticed();
      await files.putSession(upstream.sessionValue);
      await stage.revokeKeyPairUnnoticed();
      const written = await stage.eventually(
        2 * FILE_CHANGE_MS,
        async () => (await files.cookiesProblem(upstream.sessionValue, { signed: true })) === undefined,
      );
      if (!written) tally.violation('the repaired cookie file is not written again');
    },
  },
];

/** `key` must be answered with `status` within the time that a changed file may take; gives the milliseconds. */
async function expectWithin(stage: Stage, key: Key, status: number, change: string): Promise<number> {
  const began = performance.now();
  const target = withKey({ path: '/tilejson/all/hot.json', headers: {} }, key, 'Bearer');
  const become = await stage.eventually(FILE_CHANGE_MS, async () => {
    const outcome = await stage.ask({
      route: 'changing key',
      method: 'GET',
      ...target,
      shown: target.path,
      expected: { kind: 'status', statuses: [200, 401], reports: false },
    });
    return outcome.kind === 'answer' && outcome.status === status;
  });
  if (!become) stage.means.tally.violation(`a key that was ${change} is not answered with ${status} in time`);
  return Math.round(performance.now() - began);
}

/** `cause` must be followed by a line of the log with `message`. */
async function reported(stage: Stage, message: string, cause: () => Promise<void>): Promise<void> {
  const { log, tally } = stage.means;
  const before = log.count(message);
  await cause();
  if (!(await stage.eventually(FILE_CHANGE_MS, () => log.count(message) > before)))
    tally.violation(`the log does not say "${message}" in time`);
}

/** The session ends, in each of its faces, and a new one comes: by the cookie file, or pushed to `/admin`. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Face } from '../../simulator/switches.js';
import { sessionExport } from '../setup/files.js';
import { FILE_CHANGE_MS, UPSTREAM_TIMEOUT_MS } from '../settings.js';
import type { Fault, Stage } from './fault-context.js';
import { isAnonymous } from '../clients/tiles.js';
import type { FaultWindow } from '../checks/fault-windows.js';

export const SESSION_FAULTS: readonly Fault[] = [
  sessionEnds('redirect', 'file'),
  sessionEnds('no-cookies', 'push'),
  sessionEnds('error', 'file'),
];

function sessionEnds(face: Face, comesBy: 'file' | 'push'): Fault {
  const name = `session ends (${face}), new by ${comesBy}`;
  return {
    name,
    async play(stage) {
      const { upstream, secrets, files, tally } = stage.means;
      const allows: FaultWindow['allows'] = (tile) => (isAnonymous(tile) ? [] : [503]);
      const recoveryMs = FILE_CHANGE_MS + UPSTREAM_TIMEOUT_MS;
      await stage.under({ name, allows, degrades: true, recoveryMs }, async () => {
        upstream.endSessions(face);
        // Signed cookies would go on until they expire.
        await stage.revokeKeyPair();
        const told = await stage.eventually(UPSTREAM_TIMEOUT_MS, async () => {
          await stage.ask(stage.means.mix.unheardOf(stage.means.random, 11));
          await stage.ask(stage.means.mix.unheardOf(stage.means.random, 16));
          return (await stage.health()) === 'degraded';
        });
        if (!told) tally.violation(`${name}: /health does not say so`);
        await pause(1000);
        if (comesBy === 'push') await expectPush(stage, 'made-up-session-0123456789', 422);
        const value = upstream.startSession();
        secrets.add('a session', value);
        if (comesBy === 'push') await expectPush(stage, value, 200);
        else await files.putSession(value);
      });
      // The write follows the refresh in the background.
      const saved = await stage.eventually(
        FILE_CHANGE_MS,
        async () => (await files.cookiesProblem(upstream.sessionValue, { signed: true })) === undefined,
      );
      if (!saved)
        tally.violation(`${name}: ${await files.cookiesProblem(upstream.sessionValue, { signed: true })}`);
    },
  };
}

/** `PUT /admin/cookies`; its answer must have `status`, and is looked at like any other. */
async function expectPush(stage: Stage, session: string, status: number): Promise<void> {
  const outcome = await stage.ask({
    route: '/admin/cookies',
    method: 'PUT',
    path: '/admin/cookies',
    headers: { authorization: `Bearer ${stage.means.adminKey}`, 'content-type': 'application/json' },
    shown: '/admin/cookies',
    expected: { kind: 'status', statuses: [status], reports: false },
    body: sessionExport(session),
  });
  if (outcome.kind !== 'answer') stage.means.tally.violation(`PUT /admin/cookies: ${outcome.kind}`);
}

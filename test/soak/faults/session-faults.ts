/** The session ends, and a new one arrives in the cookie file or by `PUT /admin/cookies`. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EndedSession } from '../../simulator/switches.js';
import type { FaultWindow } from '../checks/fault-windows.js';
import { isAnonymous } from '../clients/tiles.js';
import { FILE_CHANGE_MS, UPSTREAM_TIMEOUT_MS } from '../settings.js';
import { sessionExport } from '../setup/files.js';
import type { Fault, FaultContext } from './fault-context.js';

export const SESSION_FAULTS: readonly Fault[] = [
  sessionEnds('redirect', 'file'),
  sessionEnds('no-cookies', 'push'),
  sessionEnds('error', 'file'),
];

function sessionEnds(response: EndedSession, newBy: 'file' | 'push'): Fault {
  const name = `session ends (${response}), new by ${newBy}`;
  return {
    name,
    async play(context) {
      const { upstream, secrets, files, tally, mix, random } = context.system;
      const allows: FaultWindow['allows'] = (tile) => (isAnonymous(tile) ? [] : [503]);
      const recoveryMs = FILE_CHANGE_MS + UPSTREAM_TIMEOUT_MS;
      await context.inWindow({ name, allows, degrades: true, recoveryMs }, async () => {
        upstream.endSessions(response);
        // Signed cookies outlive the session.
        await context.revokeKeyPair();
        const degraded = await context.eventually(UPSTREAM_TIMEOUT_MS, async () => {
          await context.send(mix.uncached(random, 11));
          await context.send(mix.uncached(random, 16));
          return (await context.health()) === 'degraded';
        });
        if (!degraded) tally.add(`${name}: /health does not become degraded`);
        await sleep(1000);
        if (newBy === 'push') await push(context, 'made-up-session-0123456789', 422);
        const value = upstream.startSession();
        secrets.add('a session', value);
        if (newBy === 'push') await push(context, value, 200);
        else await files.putSession(value);
      });
      // The gateway writes the file after the refresh.
      const problem = () => files.cookiesProblem(upstream.sessionValue, { signed: true });
      const saved = await context.eventually(FILE_CHANGE_MS, async () => (await problem()) === undefined);
      if (!saved) tally.add(`${name}: ${await problem()}`);
    },
  };
}

/** `PUT /admin/cookies`; the response must have `status`. */
async function push(context: FaultContext, session: string, status: number): Promise<void> {
  const outcome = await context.send({
    route: '/admin/cookies',
    method: 'PUT',
    path: '/admin/cookies',
    headers: { authorization: `Bearer ${context.system.adminKey}`, 'content-type': 'application/json' },
    shown: '/admin/cookies',
    expected: { kind: 'status', statuses: [status], reports: false },
    body: sessionExport(session),
  });
  if (outcome.kind !== 'response') context.system.tally.add(`PUT /admin/cookies: ${outcome.kind}`);
}

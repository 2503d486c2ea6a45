/** Suites that need a program beyond npm: skipped in plain sight without it, a failure where `REQUIRE_PROGRAMS` is set. */
import { spawnSync } from 'node:child_process';
import { describe, it } from '@jest/globals';

/** `check` is a command that succeeds when the program is there, e.g. `['gdalinfo', '--version']`. */
export function describeWith(check: readonly [string, ...string[]], title: string, suite: () => void): void {
  const [program, ...args] = check;
  const found = spawnSync(program, args, { stdio: 'ignore' }).status === 0;
  if (found) describe(title, suite);
  else if (process.env.REQUIRE_PROGRAMS)
    describe(title, () => {
      it(`finds ${check.join(' ')}`, () => {
        throw new Error(`${check.join(' ')} does not run here, and REQUIRE_PROGRAMS is set`);
      });
    });
  else
    // oxlint-disable-next-line jest/no-disabled-tests -- seen in the report, and a failure in CI
    describe.skip(`${title} (skipped: "${check.join(' ')}" does not run here)`, () => {
      it('needs a program beyond npm', () => undefined);
    });
}

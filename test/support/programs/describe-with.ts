/** Suites that need an installed program: skipped without it, or a failure when `REQUIRE_PROGRAMS` is set. */
import { spawnSync } from 'node:child_process';
import { describe, it } from '@jest/globals';

/** `check` is a command that succeeds when the program is installed, e.g. `['gdalinfo', '--version']`. */
export function describeWith(check: readonly [string, ...string[]], title: string, suite: () => void): void {
  const [program, ...args] = check;
  const found = spawnSync(program, args, { stdio: 'ignore' }).status === 0;
  if (found) describe(title, suite);
  else if (process.env.REQUIRE_PROGRAMS)
    describe(title, () => {
      it(`finds ${check.join(' ')}`, () => {
        throw new Error(`"${check.join(' ')}" failed; install ${program} or unset REQUIRE_PROGRAMS`);
      });
    });
  else
    // oxlint-disable-next-line jest/no-disabled-tests -- visible in the report, and a failure in CI
    describe.skip(`${title} (skipped: "${check.join(' ')}" failed)`, () => {
      it('needs an installed program', () => undefined);
    });
}

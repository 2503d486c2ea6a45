/**
 * Ends the process with one sentence when this Node is older than the `engines` of package.json. Importing the module runs
 * the check. The file is JavaScript without dependencies, because npm scripts run it before the build.
 */
import { readFileSync } from 'node:fs';

const { name, engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const required = engines.node.replace('>=', '');
const found = process.versions.node;

/** @param {string} version */
const sortable = (version) =>
  version
    .split('.')
    .map((part) => part.padStart(6, '0'))
    .join('.');

if (sortable(found) < sortable(required)) {
  const [major, minor] = required.split('.');
  process.stderr.write(
    `${name} needs Node ${major}.${minor} or newer; this is Node ${found}. Install the current LTS release from https://nodejs.org.\n`,
  );
  process.exit(2);
}

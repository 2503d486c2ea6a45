// Prints the section of CHANGELOG.md for the version of package.json: the text of the release page.
import { readFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const section = readFileSync('CHANGELOG.md', 'utf8')
  .split(/^## /m)
  .find((text) => text.startsWith(`${version} `));
if (section === undefined) throw new Error(`CHANGELOG.md has no section "## ${version} (DATE)"`);
process.stdout.write(`${section.slice(section.indexOf('\n')).trim()}\n`);

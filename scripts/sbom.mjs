// Writes build/sbom.cdx.json (CycloneDX) with the production dependencies in package-lock.json. Run by "npm run sbom".
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const npm = process.env.npm_execpath;
if (npm === undefined) throw new Error('npm_execpath is not set; run "npm run sbom"');

const { name, packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const production = new Set();
for (const [path, entry] of Object.entries(packages))
  if (!entry.dev) production.add(`${entry.name ?? path.split('node_modules/').at(-1)}@${entry.version}`);

const options = ['--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--package-lock-only'];
const sbom = JSON.parse(execFileSync(process.execPath, [npm, 'sbom', ...options], { encoding: 'utf8' }));
// npm uses the name of the folder.
sbom.metadata.component.name = name;
// "--omit dev" also omits production dependencies that a development dependency shares: github.com/npm/cli/issues/7909.
sbom.components = sbom.components.filter((component) => production.has(component['bom-ref']));
sbom.dependencies = sbom.dependencies
  .filter(({ ref }) => production.has(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => production.has(other)) }));

// Components exclude this package itself.
if (sbom.components.length !== production.size - 1 || sbom.dependencies.length !== production.size)
  throw new Error(`${sbom.components.length} components for ${production.size - 1} production dependencies`);
mkdirSync('build', { recursive: true });
writeFileSync('build/sbom.cdx.json', `${JSON.stringify(sbom, null, 2)}\n`);
process.stdout.write(`build/sbom.cdx.json: ${sbom.components.length} components\n`);

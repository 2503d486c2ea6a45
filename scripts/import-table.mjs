// Which module of src may import which. The lint rules in .oxlintrc.json and the table in CONTRIBUTING.md come from here:
//   node scripts/import-table.mjs           writes both
//   node scripts/import-table.mjs --check   exits 1 and names the files that are stale
// A module is a folder of src, or a file directly in src. A module without a row may import nothing outside itself.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { format } from 'prettier';

/**
 * One row per module, lowest level first. `imports`: folders are reached through their `index.js` or their Nest module;
 * a path names another public file of a folder. `fastify`: the module may import Fastify and its plugins.
 */
export const IMPORT_TABLE = {
  common: { role: 'pure helpers, clock, log, files', imports: [] },
  catalog: { role: 'layers, tile matrix sets, words of tile requests: pure', imports: ['common'] },
  'strava-cookies': { role: "what Strava's cookies are: names, formats, expiry: pure", imports: ['common'] },
  access: { role: 'what an API key allows: pure', imports: [] },
  config: { role: 'settings', imports: ['common', 'catalog', 'strava-cookies'] },
  metrics: { role: 'every metric', imports: ['access', 'catalog', 'strava-cookies'] },
  'request-context.ts': {
    role: 'what a request carries, and route flags',
    imports: ['access', 'catalog'],
    fastify: true,
  },
  'logging.ts': { role: 'the logger', imports: ['common', 'config'] },
  'secret-files.ts': { role: 'permissions of files with secrets', imports: ['common', 'config'] },
  redis: { role: 'the connection to Redis or Valkey', imports: ['common', 'config', 'metrics'] },
  limits: {
    role: 'rate limits',
    imports: ['access', 'common', 'redis', 'request-context.ts'],
    fastify: true,
  },
  'auth-keys': {
    role: 'API keys and the admin key',
    imports: ['access', 'common', 'config', 'limits'],
    fastify: true,
  },
  'strava-login': { role: 'ways to log in to Strava', imports: ['common', 'strava-cookies'] },
  'cookie-store': {
    role: 'stores, life cycle and replicas of the cookies',
    imports: ['common', 'config', 'metrics', 'redis', 'strava-cookies', 'strava-login'],
  },
  upstream: {
    role: 'tile requests to Strava',
    imports: ['catalog', 'common', 'config', 'cookie-store', 'metrics'],
  },
  'tile-cache': {
    role: 'tiles in memory, on disk, in Redis',
    imports: ['catalog', 'common', 'config', 'metrics', 'redis'],
  },
  tiles: {
    role: 'cache, one upstream request per tile, stale tiles',
    imports: ['catalog', 'common', 'config', 'cookie-store', 'metrics', 'tile-cache', 'upstream'],
  },
  capabilities: { role: 'WMTS, TMS and TileJSON documents', imports: ['catalog', 'common'] },
  'html-pages': { role: 'HTML pages as text, and their bundled files: pure', imports: ['catalog'] },
  http: {
    role: 'what all edges share: listener, errors, responses',
    imports: [
      'access',
      'capabilities',
      'catalog',
      'common',
      'config',
      'html-pages',
      'metrics',
      'request-context.ts',
      'tiles',
    ],
    fastify: true,
  },
  wmts: {
    role: 'WMTS, KVP and RESTful',
    imports: ['access', 'capabilities', 'catalog', 'common', 'http', 'request-context.ts', 'tiles'],
    fastify: true,
  },
  xyz: {
    role: 'XYZ, TMS, TileJSON and drop-in URLs',
    imports: ['access', 'capabilities', 'catalog', 'common', 'http', 'tiles'],
    fastify: true,
  },
  presets: {
    role: 'settings for map clients',
    imports: [
      'access',
      'capabilities',
      'catalog',
      'common',
      'http',
      'tiles',
      'wmts/get-capabilities.js',
      'wmts/kvp.js',
    ],
    fastify: true,
  },
  health: {
    role: '/health, probes and /metrics',
    imports: ['access', 'common', 'cookie-store', 'metrics', 'request-context.ts'],
    fastify: true,
  },
  pages: {
    role: 'pages for people',
    imports: [
      'access',
      'catalog',
      'common',
      'config',
      'health',
      'html-pages',
      'http',
      'request-context.ts',
      'tiles',
    ],
    fastify: true,
  },
  admin: { role: '/admin', imports: ['common', 'cookie-store', 'http', 'request-context.ts'], fastify: true },
  cli: {
    role: 'commands of the program',
    imports: [
      'access',
      'auth-keys/key-file.js',
      'catalog',
      'common',
      'config',
      'cookie-store',
      'strava-cookies',
      'strava-login',
      'upstream',
    ],
  },
  'request-hooks.ts': {
    role: 'the request hooks in their order',
    imports: ['auth-keys', 'common', 'config', 'health', 'http', 'limits'],
    fastify: true,
  },
  'base.module.ts': {
    role: 'providers for every module',
    imports: ['catalog', 'common', 'config', 'metrics'],
  },
  'app.module.ts': {
    role: 'the modules of the application',
    imports: [
      'admin',
      'auth-keys',
      'base.module.ts',
      'common',
      'config',
      'health',
      'pages',
      'presets',
      'redis',
      'wmts',
      'xyz',
    ],
  },
  'gateway.ts': {
    role: 'the assembled gateway',
    imports: [
      'app.module.ts',
      'auth-keys',
      'common',
      'config',
      'health',
      'html-pages',
      'http',
      'limits',
      'logging.ts',
      'metrics',
      'redis',
      'request-context.ts',
      'request-hooks.ts',
      'secret-files.ts',
    ],
    fastify: true,
  },
  'serve.ts': {
    role: 'the command serve: reads settings, starts, stops',
    imports: ['auth-keys', 'cli', 'common', 'config', 'gateway.ts', 'logging.ts'],
  },
  'program.ts': { role: 'the table of commands', imports: ['cli', 'serve.ts'] },
  'supported-node.js': { role: 'refuses a Node that is too old', imports: [] },
  'main.ts': { role: 'entry point', imports: ['program.ts', 'supported-node.js'] },
};

const MESSAGE = 'The import table (scripts/import-table.mjs) does not allow this import.';
const FASTIFY = ['fastify', '@fastify/*', '@nestjs/platform-fastify'];
/** Folders below a module: `src/a/x.ts` is at depth 1, `src/a/b/x.ts` at depth 2. */
const DEPTHS = [1, 2];

/** Modules whose files are all public: they have no index. */
const WITHOUT_INDEX = ['common'];

const isFile = (module) => /\.[jt]s$/.test(module);

/** The paths by which `module` is imported, relative to src. */
function entrances(module) {
  if (isFile(module)) return [module.replace(/\.ts$/, '.js')];
  return WITHOUT_INDEX.includes(module) ? [`${module}/**`] : [`${module}/index.js`, `${module}/*.module.js`];
}

function override(files, up, { imports, fastify }) {
  const allowed = imports.flatMap(entrances).map((path) => `!${up}${path}`);
  const patterns = [{ group: [`${up}**`, ...allowed], message: MESSAGE }];
  if (!fastify) patterns.push({ group: FASTIFY, message: MESSAGE });
  return { files: [files], rules: { 'no-restricted-imports': ['error', { patterns }] } };
}

/** The lint rules of the table. The first ones forbid everything: a module without a row keeps them. */
export function lintOverrides() {
  const closed = DEPTHS.map((depth) =>
    override(`src/${'*/'.repeat(depth)}*.ts`, '../'.repeat(depth), { imports: [] }),
  );
  const closedFiles = override('src/*.ts', './', { imports: [] });
  const rows = Object.entries(IMPORT_TABLE).flatMap(([module, row]) =>
    isFile(module)
      ? [override(`src/${module}`, './', row)]
      : DEPTHS.map((depth) =>
          override(`src/${module}/${'*/'.repeat(depth - 1)}*.ts`, '../'.repeat(depth), row),
        ),
  );
  return [closedFiles, ...closed, ...rows];
}

/** The table as Markdown. */
export function importTableMarkdown() {
  const rows = Object.entries(IMPORT_TABLE).map(([module, { role, imports, fastify }]) => [
    `\`${module}\``,
    role,
    [...imports.map((name) => `\`${name}\``), ...(fastify ? ['Fastify'] : [])].join(', ') || 'nothing',
  ]);
  const head = ['Module', 'What it is', 'May import'];
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i].length)));
  const line = (cells) => `| ${cells.map((text, i) => text.padEnd(widths[i])).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

const at = (path) => new URL(`../${path}`, import.meta.url);
const isImportRule = ({ rules }) => 'no-restricted-imports' in rules;

async function files() {
  const config = JSON.parse(readFileSync(at('.oxlintrc.json'), 'utf8'));
  config.overrides = [...lintOverrides(), ...config.overrides.filter((entry) => !isImportRule(entry))];
  const contributing = readFileSync(at('CONTRIBUTING.md'), 'utf8');
  const [begin, end] = ['<!-- import-table:begin -->', '<!-- import-table:end -->'];
  const [before, rest] = contributing.split(begin);
  const [, after] = (rest ?? '').split(end);
  if (after === undefined) throw new Error(`CONTRIBUTING.md lacks ${begin} and ${end}`);
  return {
    '.oxlintrc.json': await format(JSON.stringify(config, null, 2), { parser: 'json', printWidth: 110 }),
    'CONTRIBUTING.md': `${before}${begin}\n\n${importTableMarkdown()}\n\n${end}${after}`,
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const check = process.argv.includes('--check');
  for (const [path, content] of Object.entries(await files())) {
    if (!check) writeFileSync(at(path), content);
    else if (readFileSync(at(path), 'utf8') !== content) {
      process.stderr.write(`${path} is stale: run "node scripts/import-table.mjs"\n`);
      process.exitCode = 1;
    }
  }
}

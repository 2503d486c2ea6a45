// Stand-in for a program in the PATH of the documented commands: runs the program, a form of it that changes nothing outside of
// the checkout, or reports why it is not run. A command without a rule fails.
//   node build/docs-commands/program.js NAME ARGUMENT...
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, openSync, readFileSync, symlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { append, missing, type Entry } from './report.js';

const [name = '', ...args] = process.argv.slice(2);
const env = process.env as Record<string, string>;
const command = [name, ...args].join(' ');
/** The PATH without the stand-ins. */
const PATH = env['PATH']!.split(':')
  .filter((folder) => folder !== env['DOCS_STAND_INS'])
  .join(':');

const report = (entry: Omit<Entry, 'what'>) => append(env['DOCS_REPORT']!, { ...entry, what: command });
const notRun = (detail: string) => report({ how: 'not run', detail });
const isInstalled = (program: string) =>
  spawnSync('sh', ['-c', `command -v ${program}`], { env: { ...env, PATH }, stdio: 'ignore' }).status === 0;

/** Runs a program with the input and output of the block; its exit code becomes the one of this process. */
function run(program: string, words: readonly string[], as: 'ran' | 'checked' = 'ran'): void {
  const { status } = spawnSync(program, words, { env: { ...env, PATH }, stdio: 'inherit' });
  process.exitCode = status ?? 1;
  if (process.exitCode === 0)
    report(as === 'ran' ? { how: as } : { how: as, detail: [program, ...words].join(' ') });
}

/** The block fails with this reason. */
function fail(detail: string): void {
  console.error(detail);
  process.exitCode = 1;
}

/** Starts a server and returns when it answers; the caller stops the process group. */
async function serve(): Promise<void> {
  const log = openSync(env['DOCS_SERVER_LOG']!, 'a');
  const child = spawn(name, args, { env: { ...env, PATH }, detached: true, stdio: ['ignore', log, log] });
  append(env['DOCS_SERVERS']!, { how: 'ran', what: String(child.pid) });
  const [, port = env['PORT']] = /--port (\d+)/.exec(command) ?? [];
  const url = `http://127.0.0.1:${port}/health`;
  for (let attempt = 0; attempt < 600 && child.exitCode === null; attempt++) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) {
      report({ how: 'ran', detail: `${url} answers` });
      process.exit();
    }
    await sleep(200);
  }
  fail(`${url} does not answer: ${readFileSync(env['DOCS_SERVER_LOG']!, 'utf8').slice(-2000)}`);
  process.exit();
}

/** Scripts that change nothing and end within seconds. */
const SHORT_SCRIPTS = ['build', 'build:simulator', 'dashboard', 'reference', 'sbom', 'test:unit'];
const scripts = (): Record<string, string> =>
  (JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }).scripts;

async function npm(): Promise<void> {
  const [verb, ...words] = args;
  const script = verb === 'run' ? words.find((word) => !word.startsWith('-'))! : verb!;
  if (verb === 'start' || script === 'demo') return serve();
  if (verb === 'test' || verb === 'run') {
    if (scripts()[script] === undefined) return fail(`package.json has no script ${script}`);
    if (SHORT_SCRIPTS.includes(script)) return run(name, args);
    if (new RegExp(String.raw`npm (?:run -s )?${script}(?![:\w])`).test(readFileSync('.ci/run', 'utf8')))
      return report({ how: 'checked', detail: '.ci/run runs it' });
    return notRun('takes minutes, or does not end; the script is in package.json');
  }
  if (verb === 'ci') {
    if (!existsSync('node_modules')) symlinkSync(env['DOCS_NODE_MODULES']!, 'node_modules');
    return report({ how: 'checked', detail: '.ci/run starts with npm ci' });
  }
  if (verb === 'prune') return run(name, [...args, '--dry-run'], 'checked');
  if (verb === 'version') return run(name, args);
  if (verb === 'install') return notRun('needs a package registry');
  return fail('no rule for this command in test/docs-commands/program.ts');
}

function helm(): void {
  const [verb, ...words] = args;
  if (!isInstalled('helm')) return report(missing('helm; scripts/chart/tools.sh installs it'));
  if (words.some((word) => word.startsWith('oci:')) || verb === 'registry' || verb === 'push')
    return notRun('needs a registry');
  if (verb === 'install' || verb === 'upgrade') return run('helm', ['template', ...words], 'checked');
  if (verb === 'package') return run('helm', args);
  if (['lint', 'rollback', 'test', 'uninstall'].includes(verb!))
    return run('helm', [verb!, '--help'], 'checked');
  return fail('no rule for this command in test/docs-commands/program.ts');
}

function kubectl(): void {
  if (!isInstalled('kubectl')) return notRun('requires kubectl');
  const dryRun = args.includes('--dry-run=client') ? [] : ['--dry-run=client', '-o', 'name'];
  if (args.includes('create')) return run('kubectl', [...args, ...dryRun], 'checked');
  return notRun('needs a cluster');
}

function docker(): void {
  if (args[0] === 'push') return notRun('needs a registry');
  if (args[0] === 'compose')
    return notRun('needs a container engine; test/monitoring/compose.spec.ts checks the file');
  return notRun('needs a container engine; .ci/run builds the image and runs it with scripts/try-image.sh');
}

function npx(): void {
  if (args[0] === 'strava-heatmap-gateway') return run('npx', args);
  return notRun('needs a package registry and an account');
}

/** `sudo -u USER COMMAND` runs the command. */
const sudo = () => run(args[2]!, args.slice(3));

const RULES: Readonly<Record<string, () => void | Promise<void>>> = {
  npm,
  npx,
  helm,
  kubectl,
  sudo,
  docker,
  cosign: () => notRun('needs a published image'),
  useradd: () => notRun('changes the users of the machine'),
  systemctl: () => notRun('changes the services of the machine; the unit is checked by systemd-analyze'),
};

await RULES[name]!();

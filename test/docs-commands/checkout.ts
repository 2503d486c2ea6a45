/** A checkout of its own, with a home folder, an origin, stand-ins for programs, and the simulator as Strava. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EMAIL, PASSWORD } from '../simulator/login.js';
import type { Simulator } from '../simulator/simulator.js';
import { runProgram } from '../support/programs/run-program.js';
import { entriesOf, type Entry } from './report.js';

const STAND_INS = ['npm', 'npx', 'helm', 'kubectl', 'docker', 'cosign', 'sudo', 'useradd', 'systemctl'];
const CHART_TOOLS = resolve(process.env['CHART_TOOLS'] ?? 'build/chart-tools', 'bin');

export interface Ports {
  readonly public: number;
  readonly management: number;
  /** The port of examples that choose another one. */
  readonly other: number;
}

export interface BlockResult {
  readonly entries: readonly Entry[];
  readonly output: string;
  readonly failure: string | undefined;
}

export class Checkout {
  private constructor(
    private readonly root: string,
    private readonly env: Readonly<Record<string, string>>,
    private readonly session: string,
  ) {}

  static async create(simulator: Simulator, ports: Ports): Promise<Checkout> {
    const root = await mkdtemp(join(tmpdir(), 'docs-commands-'));
    const at = (name: string) => join(root, name);
    mkdirSync(at('bin'));
    for (const name of STAND_INS) {
      const program = resolve('build/docs-commands/program.js');
      writeFileSync(at(`bin/${name}`), `#!/bin/sh\nexec "${process.execPath}" "${program}" ${name} "$@"\n`);
      chmodSync(at(`bin/${name}`), 0o755);
    }
    const inherited = process.env['PATH']!.split(delimiter).filter(
      (folder) => !folder.includes('node_modules'),
    );
    const checkout = new Checkout(
      root,
      {
        PATH: [at('bin'), CHART_TOOLS, ...inherited].join(delimiter),
        HOME: at('home'),
        LC_ALL: 'C.UTF-8',
        PORT: String(ports.public),
        SHUTDOWN_DELAY_MS: '0',
        STRAVA_TILES_URL: simulator.tilesUrl,
        STRAVA_WEB_URL: simulator.webUrl,
        STRAVA_ANONYMOUS_TILES_URL: simulator.anonymousUrl,
        STRAVA_EMAIL: EMAIL,
        STRAVA_PASSWORD: PASSWORD,
        ADMIN_KEY: 'admin-key-of-the-docs',
        KEY: 'key-of-the-docs',
        AMO_KEY: 'key',
        AMO_SECRET: 'secret',
        ...(process.env['REQUIRE_PROGRAMS'] ? { REQUIRE_PROGRAMS: '1' } : {}),
        DOCS_STAND_INS: at('bin'),
        DOCS_REPORT: at('report'),
        DOCS_SERVERS: at('servers'),
        DOCS_SERVER_LOG: at('server.log'),
        DOCS_NODE_MODULES: resolve('node_modules'),
      },
      simulator.sessionValue,
    );
    checkout.populate();
    return checkout;
  }

  path(...names: string[]): string {
    return join(this.root, 'home', 'strava-heatmap-gateway', ...names);
  }

  /** URL of the repository that `git clone` and `git push` use. */
  get origin(): string {
    return join(this.root, 'strava-heatmap-gateway.git');
  }

  /** The PATH without stand-ins. */
  get programs(): string {
    return this.env['PATH']!.split(delimiter).slice(1).join(delimiter);
  }

  private populate(): void {
    const cookies = JSON.stringify([{ name: '_strava4_session', value: this.session }]);
    const left = ['.git', 'build', 'coverage', 'dist', 'node_modules'];
    for (const name of readdirSync('.').filter((entry) => !left.includes(entry)))
      cpSync(name, this.path(name), { recursive: true, preserveTimestamps: true });
    for (const folder of ['dist', 'build/simulator', 'build/heat-painting', 'build/support'])
      cpSync(folder, this.path(folder), { recursive: true, preserveTimestamps: true });
    symlinkSync(resolve('node_modules'), this.path('node_modules'));
    this.git('init', '--quiet', '--bare', '--initial-branch', 'main', this.origin);
    this.git('init', '--quiet', '--initial-branch', 'main');
    this.git('config', '--global', 'user.email', 'docs@example.org');
    this.git('config', '--global', 'user.name', 'docs');
    this.git('config', '--global', 'advice.detachedHead', 'false');
    this.git('add', '--all');
    this.git('commit', '--quiet', '--message', 'checkout');
    this.git('remote', 'add', 'origin', this.origin);
    this.git('push', '--quiet', '--set-upstream', 'origin', 'main');
    this.git('branch', '--quiet', 'start');
    const home = join(this.root, 'home', '.config', 'strava-heatmap-gateway');
    mkdirSync(home, { recursive: true });
    // curl then exits with 22 at a status of 400 or above.
    writeFileSync(join(this.root, 'home', '.curlrc'), 'fail\n');
    for (const file of [join(home, 'strava-cookies.json'), this.path('strava-cookies.json')])
      writeFileSync(file, cookies, { mode: 0o600 });
  }

  /** Paths of the Markdown pages; those of tests are compared by their tests. */
  pages(): string[] {
    return execFileSync('git', ['ls-files', '*.md', ':!test'], { cwd: this.path(), encoding: 'utf8' })
      .trim()
      .split('\n');
  }

  private git(...words: string[]): void {
    execFileSync('git', words, { cwd: this.path(), env: this.env, stdio: ['ignore', 'ignore', 'inherit'] });
  }

  /** Runs a block as a shell does, with a Strava session on its standard input; then undoes changes of files that git knows. */
  async run(text: string, env: Readonly<Record<string, string>> = {}): Promise<BlockResult> {
    const { stdout, stderr, status } = await runProgram(
      'bash',
      ['--norc', '-euo', 'pipefail', '-c', text],
      this.path(),
      {
        env: { ...this.env, ...env },
        stdin: this.session,
        timeout: 240_000,
      },
    );
    const entries = entriesOf(this.env['DOCS_REPORT']!);
    rmSync(this.env['DOCS_REPORT']!, { force: true });
    this.git('reset', '--quiet', '--hard', 'start');
    const failure = status === 0 ? undefined : `exit code ${status}: ${stderr.trim().slice(-2000)}`;
    return { entries, output: stdout, failure };
  }

  /** Stops the servers that blocks have started. */
  async stopServers(): Promise<void> {
    for (const { what } of entriesOf(this.env['DOCS_SERVERS']!)) await stopGroup(Number(what));
    rmSync(this.env['DOCS_SERVERS']!, { force: true });
  }

  /** Removes the files that the blocks of a page have created. */
  clean(): void {
    const kept = ['node_modules', 'dist', 'build', 'gateway.log', 'strava-cookies.json'].flatMap((name) => [
      '-e',
      name,
    ]);
    this.git('clean', '--force', '-d', '-x', '--quiet', ...kept);
  }

  /** The log lines of the servers so far. */
  serverLog(): string[] {
    return readFileSync(this.env['DOCS_SERVER_LOG']!, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('{'));
  }

  async close(): Promise<void> {
    await this.stopServers();
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Sends SIGTERM, because the demo ends its gateway itself; SIGKILL after ten seconds. */
async function stopGroup(pid: number): Promise<void> {
  for (let attempt = 0; signalGroup(pid, attempt === 0 ? 'SIGTERM' : 0) && attempt < 100; attempt++)
    await sleep(100);
  signalGroup(pid, 'SIGKILL');
}

/** False when the group has ended. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}

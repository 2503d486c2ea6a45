/** The command line (`node dist/main.js`) in its own folder and environment. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tileWithHeat } from '../simulator/find-tile.js';
import { startSimulator, type Simulator } from '../simulator/simulator.js';
import { startGateway } from './gateway.js';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunningCommand {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** A simulator, a folder, and commands that use both. */
export class Bench {
  private readonly children = new Set<ChildProcess>();

  private constructor(
    readonly simulator: Simulator,
    readonly folder: string,
  ) {}

  static async open(): Promise<Bench> {
    return new Bench(await startSimulator(), await mkdtemp(join(tmpdir(), 'command-')));
  }

  async close(): Promise<void> {
    for (const child of this.children) child.kill('SIGKILL');
    await this.simulator.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** The default cookie file of the commands. */
  get cookiesFile(): string {
    return this.path('strava-cookies.json');
  }

  async cookies(): Promise<{ name: string; value: string }[]> {
    return JSON.parse(await readFile(this.cookiesFile, 'utf8')) as { name: string; value: string }[];
  }

  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): RunningCommand {
    const { simulator, folder } = this;
    const child = spawn(process.execPath, [MAIN, ...args], {
      cwd: folder,
      env: {
        PATH: process.env.PATH!,
        HOME: folder,
        STRAVA_TILES_URL: simulator.tilesUrl,
        STRAVA_WEB_URL: simulator.webUrl,
        STRAVA_ANONYMOUS_TILES_URL: simulator.anonymousUrl,
        STRAVA_COOKIES_FILE: this.cookiesFile,
        ...env,
      },
    });
    this.children.add(child);
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err += chunk));
    const ended = new Promise<Ended>((resolve) =>
      child.once('close', (code) => {
        this.children.delete(child);
        resolve({ code, out, err });
      }),
    );
    return { child, ended };
  }

  run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return this.start(args, env).ended;
  }

  /** Status of a tile at a high zoom, from a gateway configured with the cookie file only. */
  async tileWithTheFile(): Promise<number> {
    const gateway = await startGateway(this.simulator, { env: { STRAVA_COOKIES_FILE: this.cookiesFile } });
    try {
      const { z, x, y } = tileWithHeat(15);
      const answer = await fetch(`${gateway.url}/xyz/all/hot/${z}/${x}/${y}.png`);
      await answer.arrayBuffer();
      return answer.status;
    } finally {
      await gateway.close();
    }
  }
}

/** The `secrets` that the output of a command contains. */
export function seen({ out, err }: Ended, secrets: readonly string[]): string[] {
  return secrets.filter((secret) => secret.length > 7 && `${out}${err}`.includes(secret));
}

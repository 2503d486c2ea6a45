/**
 * chart-start.mjs RENDERED.yaml: runs the built gateway as the rendered Deployment says, without a cluster, and fails
 * when it does not start, is not ready, does not pass the chart's own test, warns of a secret that others may read, or
 * does not stop cleanly.
 *
 * Volumes become folders as the kubelet makes them (links that are swapped as a whole, 0440 for the group of the pod);
 * Secrets that are not of the chart are made up. Only where they would lead out of this machine are values replaced:
 * ports are free ones, Strava is an address that refuses, and Redis is one of this machine, or away.
 */
import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { rootCertificates } from 'node:tls';
import { parseAllDocuments } from 'yaml';

const NOWHERE = 'http://127.0.0.1:9';
const USER = 1000;
const asRoot = process.getuid() === 0;

/** What a Secret of the user's own holds, by the file or variable that it becomes. */
const MADE_UP = {
  'strava-session': 'madeupmadeupmadeupmadeupmadeup42',
  'strava-cookies.json': JSON.stringify([
    { name: '_strava4_session', value: 'madeupmadeupmadeupmadeupmadeup42', domain: '.strava.com' },
  ]),
  'api-keys.json': JSON.stringify({ keys: ['made-up-key'] }),
  'admin-key': 'made-up-admin-key',
  'redis-ca.crt': rootCertificates[0],
  STRAVA_EMAIL: 'somebody@example.com',
};

const documents = parseAllDocuments(readFileSync(process.argv[2], 'utf8'), { version: '1.1' })
  .map((document) => document.toJS())
  .filter(Boolean);
const ofKind = (kind) => documents.filter((document) => document.kind === kind);
const [{ spec: deployment }] = ofKind('Deployment');
const pod = deployment.template.spec;
const [container] = pod.containers;
const root = mkdtempSync(join(tmpdir(), 'chart-start-'));

function own(path, mode) {
  chmodSync(path, mode);
  if (asRoot) chownSync(path, 0, USER);
}

/** A volume as the kubelet writes it. */
function writeVolume(folder, files, mode) {
  const data = join(folder, '..2025_01_01_00_00_00.1');
  mkdirSync(data, { recursive: true });
  symlinkSync(basename(data), join(folder, '..data'));
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(data, name), content);
    own(join(data, name), mode);
    symlinkSync(join('..data', name), join(folder, name));
  }
}

function secretValue(name, key, place) {
  const rendered = ofKind('Secret').find(({ metadata }) => metadata.name === name);
  return rendered ? rendered.stringData[key] : (MADE_UP[place] ?? `made-up-${place}`);
}

function layOut() {
  for (const { name, mountPath } of container.volumeMounts) {
    const volume = pod.volumes.find((one) => one.name === name);
    const folder = join(root, mountPath);
    mkdirSync(folder, { recursive: true });
    if (volume.configMap) {
      const map = ofKind('ConfigMap').find(({ metadata }) => metadata.name === volume.configMap.name);
      writeVolume(folder, map?.data ?? {}, 0o644);
    } else if (volume.projected) {
      const files = volume.projected.sources.flatMap(({ secret }) =>
        secret.items.map(({ key, path }) => [path, secretValue(secret.name, key, path)]),
      );
      writeVolume(folder, Object.fromEntries(files), volume.projected.defaultMode);
    } else own(folder, 0o2770);
  }
  // The image is readable to everybody; the folder above it is mkdtemp's.
  for (let folder = root; folder !== tmpdir(); folder = dirname(folder)) chmodSync(folder, 0o755);
}

/** The variables of the container, over those of the image. */
function variables() {
  const dockerfile = readFileSync('Dockerfile', 'utf8');
  const image = /^ENV ((?:.*\\\n)*.*)$/m.exec(dockerfile)[1].matchAll(/([A-Z_]+)=(\S+)/g);
  const env = Object.fromEntries([...image].map(([, name, value]) => [name, value]));
  for (const { name, value, valueFrom } of container.env) {
    const { secretKeyRef } = valueFrom ?? {};
    env[name] = secretKeyRef
      ? secretValue(secretKeyRef.name, secretKeyRef.key, name)
      : String(value ?? '').replaceAll(/\$\(([A-Z_]+)\)/g, (_all, other) => env[other]);
  }
  return env;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const portOf = (name) => container.ports.find((port) => port.name === name).containerPort;

async function environment() {
  const env = variables();
  const ports = { http: portOf('http'), management: portOf('management') };
  if (+env.PORT !== ports.http || +env.MANAGEMENT_PORT !== ports.management)
    throw new Error('the ports of the container are not those of its variables');
  for (const [name, value] of Object.entries(env)) {
    const mount = container.volumeMounts.find(({ mountPath }) => `${value}/`.startsWith(`${mountPath}/`));
    if (!mount) continue;
    env[name] = join(root, value);
    // What a volume of the user's own brings.
    if (!existsSync(env[name]) && MADE_UP[basename(value)] && !value.startsWith('/data/')) {
      writeFileSync(env[name], MADE_UP[basename(value)]);
      own(env[name], 0o440);
    }
  }
  const hasIpv6 = Object.values(networkInterfaces())
    .flat()
    .some(({ family }) => family === 'IPv6');
  if (env.HOST === '::' && !hasIpv6) env.HOST = '0.0.0.0';
  if (env.REDIS_URL) {
    if (!/^(rediss?:\/\/|made-up-)[^$\s]+$/.test(env.REDIS_URL)) throw new Error('REDIS_URL is no address');
    // The authority is nobody's, so that Redis is away.
    env.REDIS_URL = env.REDIS_CA_FILE
      ? 'rediss://127.0.0.1:9'
      : (process.env.CHART_START_REDIS_URL ?? 'redis://127.0.0.1:9');
  }
  return {
    ...env,
    PATH: process.env.PATH,
    PORT: `${await freePort()}`,
    MANAGEMENT_PORT: `${await freePort()}`,
    STRAVA_TILES_URL: NOWHERE,
    STRAVA_WEB_URL: NOWHERE,
    STRAVA_ANONYMOUS_TILES_URL: NOWHERE,
    SHUTDOWN_DELAY_MS: '50',
  };
}

/** As the user of the pod, where this user may become it and that one can read the checkout. */
const podUser = { uid: USER, gid: USER };
const privileges = asRoot && (await canRead(podUser)) ? podUser : {};

async function canRead(user) {
  try {
    const { ended } = run(process.execPath, ['-e', 'fs.accessSync("dist/main.js")'], user);
    return (await ended) === 0;
  } catch {
    return false;
  }
}

function run(file, args, options) {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  const ended = new Promise((resolve) => {
    child.once('close', resolve).once('error', () => resolve(-1));
  });
  return { child, ended, output: () => output };
}

/** Asks as the kubelet does until the answer is good. */
async function becomesWell(url, gateway) {
  for (let tries = 0; tries < 300; tries++) {
    if (gateway.child.exitCode !== null) throw new Error(`ended with ${gateway.child.exitCode}`);
    const status = await fetch(url).then(
      async (answer) => (await answer.arrayBuffer(), answer.status),
      () => 0,
    );
    if (status === 200) return;
    await pause(100);
  }
  throw new Error(`${url} does not become 200`);
}

async function main() {
  layOut();
  const env = await environment();
  const gateway = run(process.execPath, ['dist/main.js'], { env, ...privileges });
  try {
    const management = `http://127.0.0.1:${env.MANAGEMENT_PORT}`;
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
      if (container[probe].httpGet.port !== 'management')
        throw new Error(`${probe} is not on the management port`);
      await becomesWell(`${management}${container[probe].httpGet.path}`, gateway);
    }
    const test = ofKind('Pod').find(({ metadata }) => metadata.annotations?.['helm.sh/hook'] === 'test');
    if (test) {
      const [, ...args] = test.spec.containers[0].command;
      args[2] = `http://127.0.0.1:${env.PORT}`;
      args[3] = management;
      const asked = run(process.execPath, args, { env: { PATH: env.PATH }, ...privileges });
      if ((await asked.ended) !== 0) throw new Error(`the chart's test fails:\n${asked.output()}`);
    }
    if (gateway.output().includes('others may read')) throw new Error('warns of a file with secrets');
    const begun = Date.now();
    gateway.child.kill('SIGTERM');
    const code = await gateway.ended;
    if (code !== 0) throw new Error(`ended with ${code} after SIGTERM`);
    if (Date.now() - begun > pod.terminationGracePeriodSeconds * 1000) throw new Error('stopped too late');
  } catch (error) {
    gateway.child.kill('SIGKILL');
    process.stderr.write(`${error.message}\n${gateway.output().split('\n').slice(-15).join('\n')}\n`);
    process.exitCode = 1;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

await main();

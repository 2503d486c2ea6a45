/**
 * chart/start.mjs RENDERED.yaml: runs the built gateway as specified by the rendered Deployment, without a cluster. Fails
 * if the gateway does not start, is not ready, fails the requests of `helm test`, warns of a secret file with too open
 * permissions, or does not stop cleanly.
 *
 * Volumes become folders in the layout of the kubelet (swapped symbolic links, mode 0440 for the group of the pod);
 * existing Secrets get sample values. Values that refer to other hosts are replaced: ports by free ones, Strava by a port
 * that refuses connections, and Redis by a local server, or by a port that refuses connections.
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

/** Refuses connections. */
const UNREACHABLE = 'http://127.0.0.1:9';
const USER = 1000;
const asRoot = process.getuid() === 0;

/** Sample values of existing Secrets, by file name or variable. */
const SAMPLES = {
  'strava-session': 'madeupmadeupmadeupmadeupmadeup42',
  'strava-cookies.json': JSON.stringify([
    { name: '_strava4_session', value: 'madeupmadeupmadeupmadeupmadeup42', domain: '.strava.com' },
  ]),
  'api-keys.json': JSON.stringify({ keys: ['made-up-key'] }),
  'admin-key': 'made-up-admin-key',
  'redis-ca.crt': rootCertificates[0],
  STRAVA_EMAIL: 'user@example.com',
};

const documents = parseAllDocuments(readFileSync(process.argv[2], 'utf8'), { version: '1.1' })
  .map((document) => document.toJS())
  .filter(Boolean);
const ofKind = (kind) => documents.filter((document) => document.kind === kind);
const [{ spec: deployment }] = ofKind('Deployment');
const pod = deployment.template.spec;
const [container] = pod.containers;
const root = mkdtempSync(join(tmpdir(), 'chart-start-'));

function setAccess(path, mode) {
  chmodSync(path, mode);
  if (asRoot) chownSync(path, 0, USER);
}

/** Writes a volume in the layout of the kubelet. */
function writeVolume(folder, files, mode) {
  const data = join(folder, '..2025_01_01_00_00_00.1');
  mkdirSync(data, { recursive: true });
  symlinkSync(basename(data), join(folder, '..data'));
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(data, name), content);
    setAccess(join(data, name), mode);
    symlinkSync(join('..data', name), join(folder, name));
  }
}

function secretValue(name, key, place) {
  const rendered = ofKind('Secret').find(({ metadata }) => metadata.name === name);
  return rendered ? rendered.stringData[key] : (SAMPLES[place] ?? `made-up-${place}`);
}

function writeVolumes() {
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
    } else setAccess(folder, 0o2770);
  }
  // mkdtemp creates folders with mode 0700; folders of the image are readable to all users.
  for (let folder = root; folder !== tmpdir(); folder = dirname(folder)) chmodSync(folder, 0o755);
}

/** Environment of the container: variables of the image, overridden by those of the Deployment. */
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
    throw new Error('container ports differ from PORT and MANAGEMENT_PORT');
  for (const [name, value] of Object.entries(env)) {
    const mount = container.volumeMounts.find(({ mountPath }) => `${value}/`.startsWith(`${mountPath}/`));
    if (!mount) continue;
    env[name] = join(root, value);
    // Files from extraVolumes.
    if (!existsSync(env[name]) && SAMPLES[basename(value)] && !value.startsWith('/data/')) {
      writeFileSync(env[name], SAMPLES[basename(value)]);
      setAccess(env[name], 0o440);
    }
  }
  const hasIpv6 = Object.values(networkInterfaces())
    .flat()
    .some(({ family }) => family === 'IPv6');
  if (env.HOST === '::' && !hasIpv6) env.HOST = '0.0.0.0';
  if (env.REDIS_URL) {
    if (!/^(rediss?:\/\/|made-up-)[^$\s]+$/.test(env.REDIS_URL))
      throw new Error('REDIS_URL is not a Redis URL');
    // No local server has a certificate of the sample CA, so Redis is unreachable.
    env.REDIS_URL = env.REDIS_CA_FILE
      ? 'rediss://127.0.0.1:9'
      : (process.env.CHART_START_REDIS_URL ?? 'redis://127.0.0.1:9');
  }
  return {
    ...env,
    PATH: process.env.PATH,
    PORT: `${await freePort()}`,
    MANAGEMENT_PORT: `${await freePort()}`,
    STRAVA_TILES_URL: UNREACHABLE,
    STRAVA_WEB_URL: UNREACHABLE,
    STRAVA_ANONYMOUS_TILES_URL: UNREACHABLE,
    SHUTDOWN_DELAY_MS: '50',
  };
}

/** Runs as the user of the pod, if this process is root and that user can read the checkout. */
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

/** Probes the URL, as the kubelet does, until it returns 200. */
async function waitFor200(url, gateway) {
  for (let tries = 0; tries < 300; tries++) {
    if (gateway.child.exitCode !== null)
      throw new Error(`the gateway exited with code ${gateway.child.exitCode}`);
    const status = await fetch(url).then(
      async (response) => (await response.arrayBuffer(), response.status),
      () => 0,
    );
    if (status === 200) return;
    await pause(100);
  }
  throw new Error(`${url} does not return 200 within 30 s`);
}

async function main() {
  writeVolumes();
  const env = await environment();
  const gateway = run(process.execPath, ['dist/main.js'], { env, ...privileges });
  try {
    const management = `http://127.0.0.1:${env.MANAGEMENT_PORT}`;
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
      if (container[probe].httpGet.port !== 'management')
        throw new Error(`${probe} does not use the management port`);
      await waitFor200(`${management}${container[probe].httpGet.path}`, gateway);
    }
    const test = ofKind('Pod').find(({ metadata }) => metadata.annotations?.['helm.sh/hook'] === 'test');
    if (test) {
      const [, ...args] = test.spec.containers[0].command;
      args[2] = `http://127.0.0.1:${env.PORT}`;
      args[3] = management;
      const testRun = run(process.execPath, args, { env: { PATH: env.PATH }, ...privileges });
      if ((await testRun.ended) !== 0) throw new Error(`helm test fails:\n${testRun.output()}`);
    }
    // The warning of too open permissions contains this command.
    if (gateway.output().includes('chmod 600')) throw new Error('permissions of a secret file are too open');
    const stopped = Date.now();
    gateway.child.kill('SIGTERM');
    const code = await gateway.ended;
    if (code !== 0) throw new Error(`the gateway exited with code ${code} after SIGTERM`);
    if (Date.now() - stopped > pod.terminationGracePeriodSeconds * 1000)
      throw new Error('the gateway did not stop within terminationGracePeriodSeconds');
  } catch (error) {
    gateway.child.kill('SIGKILL');
    process.stderr.write(`${error.message}\n${gateway.output().split('\n').slice(-15).join('\n')}\n`);
    process.exitCode = 1;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

await main();

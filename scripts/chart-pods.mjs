/**
 * chart-pods.mjs RENDERED.yaml: fails when a pod in it does not fit the restricted Pod Security Standard, or is not
 * held as tight as this chart holds its pods: a root that is read only, no token, no variables of other Services.
 */
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

const VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];
const SECCOMP = ['RuntimeDefault', 'Localhost'];

/** Objects with a pod in them, of whatever kind they are. */
function podsOf({ kind, metadata, spec }) {
  const pod = kind === 'Pod' ? spec : (spec?.template?.spec ?? spec?.jobTemplate?.spec?.template?.spec);
  return pod?.containers ? [{ name: `${kind} ${metadata.name}`, pod }] : [];
}

/** What is wrong with a pod, in words. */
function problemsOf(pod) {
  const problems = [];
  const want = (holds, problem) => void (holds || problems.push(problem));
  for (const name of ['hostNetwork', 'hostPID', 'hostIPC']) want(!pod[name], `${name} is on`);
  want(pod.automountServiceAccountToken === false, 'automountServiceAccountToken is not false');
  want(pod.enableServiceLinks === false, 'enableServiceLinks is not false');
  want(!pod.securityContext?.sysctls?.length, 'sysctls are set');
  want(
    !pod.securityContext?.seLinuxOptions?.user && !pod.securityContext?.seLinuxOptions?.role,
    'SELinux user or role is set',
  );
  want(pod.securityContext?.runAsUser !== 0, 'runAsUser is 0');
  for (const { name, ...source } of pod.volumes ?? [])
    want(VOLUMES.includes(Object.keys(source)[0]), `volume ${name} is a ${Object.keys(source)[0]}`);
  const containers = [...pod.containers, ...(pod.initContainers ?? []), ...(pod.ephemeralContainers ?? [])];
  for (const { name, securityContext: own = {}, ports = [], resources = {} } of containers) {
    const context = { ...pod.securityContext, ...own };
    const { add = [], drop = [] } = own.capabilities ?? {};
    want(context.runAsNonRoot === true, `${name}: runAsNonRoot is not true`);
    want(context.runAsUser !== 0, `${name}: runAsUser is 0`);
    want(SECCOMP.includes(context.seccompProfile?.type), `${name}: seccompProfile is not RuntimeDefault`);
    want(own.allowPrivilegeEscalation === false, `${name}: allowPrivilegeEscalation is not false`);
    want(own.privileged !== true, `${name}: privileged`);
    want(own.readOnlyRootFilesystem === true, `${name}: readOnlyRootFilesystem is not true`);
    want(own.procMount === undefined || own.procMount === 'Default', `${name}: procMount is not Default`);
    want(drop.includes('ALL'), `${name}: capabilities are not dropped`);
    want(
      add.every((one) => one === 'NET_BIND_SERVICE'),
      `${name}: capabilities are added`,
    );
    want(
      ports.every(({ hostPort }) => !hostPort),
      `${name}: has a port of the host`,
    );
    want(resources.requests && resources.limits?.memory, `${name}: has no requests, or no limit of memory`);
  }
  return problems;
}

const pods = parseAllDocuments(readFileSync(process.argv[2], 'utf8'), { version: '1.1' })
  .map((document) => document.toJS())
  .filter(Boolean)
  .flatMap(podsOf);
if (pods.length === 0) throw new Error('there is no pod');
for (const { name, pod } of pods)
  for (const problem of problemsOf(pod)) {
    process.stderr.write(`${name}: ${problem}\n`);
    process.exitCode = 1;
  }

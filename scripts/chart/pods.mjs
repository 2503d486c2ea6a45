/**
 * chart/pods.mjs RENDERED.yaml: fails if a pod violates the restricted Pod Security Standard or the stricter rules of this
 * chart: read-only root file system, no service account token, no service links.
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

/** The pod spec of an object, for every kind that contains one. */
function podsOf({ kind, metadata, spec }) {
  const pod = kind === 'Pod' ? spec : (spec?.template?.spec ?? spec?.jobTemplate?.spec?.template?.spec);
  return pod?.containers ? [{ name: `${kind} ${metadata.name}`, pod }] : [];
}

/** Violations of a pod. */
function problemsOf(pod) {
  const problems = [];
  const check = (passes, problem) => void (passes || problems.push(problem));
  for (const name of ['hostNetwork', 'hostPID', 'hostIPC']) check(!pod[name], `${name} is true`);
  check(pod.automountServiceAccountToken === false, 'automountServiceAccountToken is not false');
  check(pod.enableServiceLinks === false, 'enableServiceLinks is not false');
  check(!pod.securityContext?.sysctls?.length, 'sysctls are set');
  check(
    !pod.securityContext?.seLinuxOptions?.user && !pod.securityContext?.seLinuxOptions?.role,
    'SELinux user or role is set',
  );
  check(pod.securityContext?.runAsUser !== 0, 'runAsUser is 0');
  for (const { name, ...source } of pod.volumes ?? [])
    check(VOLUMES.includes(Object.keys(source)[0]), `volume ${name} is a ${Object.keys(source)[0]}`);
  const containers = [...pod.containers, ...(pod.initContainers ?? []), ...(pod.ephemeralContainers ?? [])];
  for (const { name, securityContext: own = {}, ports = [], resources = {} } of containers) {
    const context = { ...pod.securityContext, ...own };
    const { add = [], drop = [] } = own.capabilities ?? {};
    check(context.runAsNonRoot === true, `${name}: runAsNonRoot is not true`);
    check(context.runAsUser !== 0, `${name}: runAsUser is 0`);
    check(
      SECCOMP.includes(context.seccompProfile?.type),
      `${name}: seccompProfile is neither RuntimeDefault nor Localhost`,
    );
    check(own.allowPrivilegeEscalation === false, `${name}: allowPrivilegeEscalation is not false`);
    check(own.privileged !== true, `${name}: privileged is true`);
    check(own.readOnlyRootFilesystem === true, `${name}: readOnlyRootFilesystem is not true`);
    check(own.procMount === undefined || own.procMount === 'Default', `${name}: procMount is not Default`);
    check(drop.includes('ALL'), `${name}: capabilities do not drop ALL`);
    check(
      add.every((one) => one === 'NET_BIND_SERVICE'),
      `${name}: capabilities other than NET_BIND_SERVICE are added`,
    );
    check(
      ports.every(({ hostPort }) => !hostPort),
      `${name}: hostPort is set`,
    );
    check(
      resources.requests && resources.limits?.memory,
      `${name}: resources.requests or limits.memory is missing`,
    );
  }
  return problems;
}

const pods = parseAllDocuments(readFileSync(process.argv[2], 'utf8'), { version: '1.1' })
  .map((document) => document.toJS())
  .filter(Boolean)
  .flatMap(podsOf);
if (pods.length === 0) throw new Error(`${process.argv[2]} contains no pod`);
for (const { name, pod } of pods)
  for (const problem of problemsOf(pod)) {
    process.stderr.write(`${name}: ${problem}\n`);
    process.exitCode = 1;
  }

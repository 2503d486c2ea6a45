import { randomBytes } from 'node:crypto';
import { digestOf } from '../../auth-keys/key-file.js';
import { Catalog } from '../../catalog/index.js';
import { grantedLayers, UNLIMITED, type Scope } from '../../access/index.js';
import { CommandFailure, type Call, type Command } from '../command.js';
import { commandSettings } from '../command-settings.js';
import { EXIT } from '../exit-code.js';
import { keyFilePath, editKeyFile } from '../keys/key-file-edit.js';
import { usage } from '../read-call.js';

/** 256 bits. */
const KEY_BYTES = 32;

export const keysAdd: Command = {
  name: 'keys add',
  summary: 'make an API key',
  description: `Makes a random key and prints it once. The key file keeps only its SHA-256, so nobody can read the key
there, and a lost one can only be replaced. A gateway that is running takes it up within two seconds.
NAME appears in logs: 1 to 64 characters out of letters, digits, "_", ".", "@", "-".`,
  operands: ['NAME'],
  options: {
    apikeys: { value: 'FILE', help: 'key file, made when absent (API_KEYS_FILE)' },
    expires: {
      value: 'DATE',
      help: 'last moment, such as 2027-01-31 (its beginning, UTC) or 2027-01-31T12:00:00Z',
    },
    layers: { value: 'LIST', help: 'layers that it opens, such as all-hot,ride-*; all when left out' },
    sports: { value: 'LIST', help: 'sports that it opens, such as ride,sport_Run' },
    colors: { value: 'LIST', help: 'colours that it opens, such as hot,blue' },
    'max-zoom': { value: 'LEVEL', help: 'deepest level that it opens, 0 to 16' },
    origins: { value: 'LIST', help: 'web origins whose pages may use it, such as https://gpx.studio' },
    'rate-limit': { value: 'NUMBER', help: 'requests a minute' },
  },
  async run(call) {
    const path = keyFilePath(call);
    const id = call.operands[0]!;
    const { expires } = call.flags;
    if (/^keys\.\d+$/.test(id)) throw usage('keys add', `"${id}" is how keys without a name are called`);
    if (expires !== undefined && Date.parse(expires) <= Date.now())
      throw usage('keys add', `--expires ${expires} is in the past`);
    const key = randomBytes(KEY_BYTES).toString('base64url');
    const limits = limitsOf(call);
    const before = await editKeyFile(path, ({ keys, raw }) => {
      if (keys.some((other) => other.id === id))
        throw new CommandFailure(
          EXIT.failed,
          `there is a key of the name ${id} in ${path} already: choose another name, or revoke that one first`,
        );
      // JSON leaves out what is undefined.
      return [...raw, { id, sha256: digestOf(key), ...limits }];
    });
    if (opensNothing(call, { ...UNLIMITED, ...limits }))
      call.tell(`Warning: this gateway offers no layer that the key of ${id} opens.`);
    for (const layer of limits.layers ?? [])
      if (opensNothing(call, { ...UNLIMITED, layers: [layer] }))
        call.tell(`Warning: this gateway offers no layer that fits ${layer}.`);
    return {
      exit: EXIT.ok,
      report: { status: 'ok', file: path, id, key, ...orNull(limits) },
      text: `The key of ${id}, shown this once:

  ${key}

Clients give it as ?key=..., as a path prefix /k/.../, or in the header X-API-Key.
${path} holds its SHA-256.${before.raw.length === 0 ? ' Start the gateway with API_KEYS_FILE set to that file.' : ''}`,
    };
  },
};

/** What the flags say, in the words of the key file; checked where the file is written. */
function limitsOf({ flags }: Call) {
  const list = (flag: string) => flags[flag]?.split(',').map((word) => word.trim());
  const number = (flag: string) => (flags[flag] === undefined ? undefined : Number(flags[flag]));
  const max = number('rate-limit');
  return {
    expires: flags.expires,
    layers: list('layers'),
    sports: list('sports'),
    colors: list('colors'),
    maxZoom: number('max-zoom'),
    origins: list('origins'),
    rateLimit: max === undefined ? undefined : { max, seconds: 60 },
  };
}

/** A typo makes a key that opens nothing. */
function opensNothing(call: Call, scope: Scope): boolean {
  const { sportGroups, sports, colors } = commandSettings(call, ['sportGroups', 'sports', 'colors']);
  const offered = new Catalog({ groups: sportGroups, added: sports, colors }).layers;
  return grantedLayers({ keyId: '', repeat: undefined, scope }, offered).length === 0;
}

function orNull(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value ?? null]));
}

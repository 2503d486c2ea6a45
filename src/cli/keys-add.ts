import { randomBytes } from 'node:crypto';
import { digestOf } from '../auth-keys/key-file.js';
import { Catalog } from '../catalog/index.js';
import { opensLayer } from '../common/access.js';
import { CommandFailure, type Call, type Command } from './command.js';
import { commandSettings } from './command-settings.js';
import { EXIT } from './exit-code.js';
import { keyFilePath, readKeyFile, writeKeyFile } from './key-file-edit.js';
import { usage } from './read-call.js';

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
  },
  async run(call) {
    const path = keyFilePath(call);
    const id = call.operands[0]!;
    const { expires } = call.flags;
    const layers = call.flags.layers?.split(',').map((layer) => layer.trim());
    if (/^keys\.\d+$/.test(id)) throw usage('keys add', `"${id}" is how keys without a name are called`);
    if (expires !== undefined && Date.parse(expires) <= Date.now())
      throw usage('keys add', `--expires ${expires} is in the past`);
    const file = await readKeyFile(path);
    if (file.keys.some((key) => key.id === id))
      throw new CommandFailure(
        EXIT.failed,
        `there is a key of the name ${id} in ${path} already: choose another name, or revoke that one first`,
      );
    const key = randomBytes(KEY_BYTES).toString('base64url');
    const restrictions = { ...(expires === undefined ? {} : { expires }), ...(layers ? { layers } : {}) };
    await writeKeyFile(path, [...file.raw, { id, sha256: digestOf(key), ...restrictions }]);
    for (const layer of unknownLayers(call, layers ?? []))
      call.tell(`Warning: this gateway offers no layer that fits ${layer}.`);
    return {
      exit: EXIT.ok,
      report: { status: 'ok', file: path, id, key, expires: expires ?? null, layers: layers ?? null },
      text: `The key of ${id}, shown this once:

  ${key}

Clients give it as ?key=..., as a path prefix /k/.../, or in the header X-API-Key.
${path} holds its SHA-256.${file.raw.length === 0 ? ' Start the gateway with API_KEYS_FILE set to that file.' : ''}`,
    };
  },
};

/** A typo in a layer makes a key that opens nothing. */
function unknownLayers(call: Call, layers: readonly string[]): string[] {
  const { sportGroups, sports, colors } = commandSettings(call, ['sportGroups', 'sports', 'colors']);
  const offered = new Catalog({ groups: sportGroups, added: sports, colors }).layers;
  return layers.filter(
    (layer) =>
      !offered.some(({ identifier }) =>
        opensLayer({ keyId: '', repeat: undefined, layers: [layer] }, identifier),
      ),
  );
}

import { randomBytes } from 'node:crypto';
import { digestOf, entryProblems } from '../../auth-keys/key-file.js';
import { Catalog } from '../../catalog/index.js';
import { grantedLayers, UNLIMITED, type Scope } from '../../access/index.js';
import { quoted } from '../../common/text/quoted.js';
import { CommandFailure, JSON_OPTION, type Call, type Command } from '../command.js';
import { commandSettings } from '../command-settings.js';
import { EXIT } from '../exit-code.js';
import { keyFilePath, editKeyFile } from '../keys/key-file-edit.js';
import { usage } from '../read-call.js';

/** 256 bits. */
const KEY_BYTES = 32;

export const keysAdd: Command = {
  name: 'keys add',
  summary: 'Create an API key.',
  description: `Creates a random key and prints it once. The key file contains only its SHA-256, so a lost key cannot be
recovered, only replaced. A running gateway accepts the key within two seconds. NAME appears in the log:
1 to 64 of A-Z, a-z, 0-9 and "_.@-".`,
  operands: ['NAME'],
  options: {
    apikeys: { value: 'FILE', help: 'Key file; created if it does not exist. [API_KEYS_FILE]' },
    expires: {
      value: 'DATE',
      help: 'Expiry: the start of a date (UTC), such as 2027-01-31, or a time, such as 2027-01-31T12:00:00Z.',
    },
    layers: { value: 'LIST', help: 'Layers of the key, such as all-hot,ride-*. Default: all.' },
    sports: { value: 'LIST', help: 'Sports of the key, such as ride,sport_Run. Default: all.' },
    colors: { value: 'LIST', help: 'Colours of the key, such as hot,blue. Default: all.' },
    'max-zoom': { value: 'ZOOM', help: 'Highest zoom level of the key, 0 to 16.' },
    origins: {
      value: 'LIST',
      help: 'Origins of the web pages that can use the key, such as https://gpx.studio.',
    },
    'rate-limit': { value: 'NUMBER', help: 'Requests per minute.' },
    json: JSON_OPTION,
  },
  async run(call) {
    const path = keyFilePath(call);
    const id = call.operands[0]!;
    const { expires } = call.flags;
    if (/^keys\.\d+$/.test(id))
      throw usage('keys add', `the name "${id}" is reserved for keys without a name; choose another name`);
    const limits = limitsOf(call);
    const problems = entryProblems({ id, key: 'x', ...defined(limits) }).map(({ field, accepted }) => {
      const option = OPTION_OF[field as keyof typeof OPTION_OF];
      return option === undefined
        ? `NAME ${accepted}, found ${quoted(id)}`
        : `--${option} ${accepted}, found ${quoted(call.flags[option] ?? '')}`;
    });
    if (problems.length > 0) throw usage('keys add', [...new Set(problems)].join('; '));
    if (expires !== undefined && Date.parse(expires) <= Date.now())
      throw usage('keys add', `--expires must be in the future, found "${expires}"`);
    const key = randomBytes(KEY_BYTES).toString('base64url');
    const before = await editKeyFile(path, ({ keys, raw }) => {
      if (keys.some((other) => other.id === id))
        throw new CommandFailure(
          EXIT.failed,
          `${path} contains a key with the name ${id} already: choose another name, or revoke that key first`,
        );
      // JSON leaves out what is undefined.
      return [...raw, { id, sha256: digestOf(key), ...limits }];
    });
    if (opensNothing(call, { ...UNLIMITED, ...limits }))
      call.tell(`Warning: the key ${id} gives access to no layer of this gateway.`);
    for (const layer of limits.layers ?? [])
      if (opensNothing(call, { ...UNLIMITED, layers: [layer] }))
        call.tell(`Warning: no layer of this gateway matches ${layer}.`);
    return {
      exit: EXIT.ok,
      report: { status: 'ok', file: path, id, key, ...orNull(limits) },
      text: `The key ${id}, shown only once:

  ${key}

Clients send it as ?key=..., as the path prefix /k/.../, or in the header X-API-Key.
${path} contains its SHA-256.${before.raw.length === 0 ? ' Start the gateway with API_KEYS_FILE set to that file.' : ''}`,
    };
  },
};

/** The option of each field of the key file. */
const OPTION_OF = {
  expires: 'expires',
  layers: 'layers',
  sports: 'sports',
  colors: 'colors',
  maxZoom: 'max-zoom',
  origins: 'origins',
  rateLimit: 'rate-limit',
} as const;

function defined(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** The limits of the options, with the field names of the key file. They are validated when the file is written. */
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

/** Whether the key gives access to no layer, as after a typing error. */
function opensNothing(call: Call, scope: Scope): boolean {
  const { sportGroups, sports, colors } = commandSettings(call, ['sportGroups', 'sports', 'colors']);
  const offered = new Catalog({ groups: sportGroups, added: sports, colors }).layers;
  return grantedLayers({ keyId: '', repeat: undefined, scope }, offered).length === 0;
}

function orNull(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value ?? null]));
}

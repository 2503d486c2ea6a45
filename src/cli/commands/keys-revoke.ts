import { PROGRAM } from '../../common/program-name.js';
import { CommandFailure, JSON_OPTION, type Command } from '../command.js';
import { EXIT } from '../exit-code.js';
import { editKeyFile, keyFilePath } from '../keys/key-file-edit.js';

export const keysRevoke: Command = {
  name: 'keys revoke',
  summary: 'Delete an API key.',
  description: `Deletes the key NAME from the key file; keys.0 is the first key, if it has no name. A running gateway
refuses the key within two seconds. The last key cannot be deleted, because the gateway does not start
with an empty key file: add another key first, or delete the file and unset API_KEYS_FILE.`,
  operands: ['NAME'],
  options: {
    apikeys: { value: 'FILE', help: 'Key file. [API_KEYS_FILE]' },
    json: JSON_OPTION,
  },
  async run(call) {
    const path = keyFilePath(call);
    const id = call.operands[0]!;
    let place = -1;
    const { raw } = await editKeyFile(path, (file) => {
      place = file.keys.findIndex((key) => key.id === id);
      if (place === -1)
        throw new CommandFailure(
          EXIT.failed,
          `${path} contains no key with this name; "${PROGRAM} keys list" shows the names`,
        );
      if (file.keys.length === 1)
        throw new CommandFailure(
          EXIT.failed,
          `${id} is the last key in ${path}, and the gateway does not start with an empty key file: add another key ` +
            'first, or delete the file and unset API_KEYS_FILE',
        );
      return file.raw.filter((_, index) => index !== place);
    });
    const moved = raw.slice(place + 1).some((entry) => typeof entry === 'string');
    return {
      exit: EXIT.ok,
      report: { status: 'ok', file: path, id, left: raw.length - 1 },
      text: `The key ${id} is deleted.${moved ? ' The numbers of the following keys without a name decrease by one.' : ''}`,
    };
  },
};

import { CommandFailure, type Command } from '../command.js';
import { EXIT } from '../exit-code.js';
import { editKeyFile, keyFilePath } from '../keys/key-file-edit.js';

export const keysRevoke: Command = {
  name: 'keys revoke',
  summary: 'take an API key back',
  description: `Removes the key of that name, or of that place (keys.0), from the key file. A gateway that is running
refuses it within two seconds. The last key is not removed, because a gateway does not start with an
empty key file: add another one first, or delete the file and unset API_KEYS_FILE.`,
  operands: ['NAME'],
  options: { apikeys: { value: 'FILE', help: 'key file (API_KEYS_FILE)' } },
  async run(call) {
    const path = keyFilePath(call);
    const id = call.operands[0]!;
    let place = -1;
    const { raw } = await editKeyFile(path, (file) => {
      place = file.keys.findIndex((key) => key.id === id);
      if (place === -1)
        throw new CommandFailure(
          EXIT.failed,
          `there is no key of that name in ${path}; "strava-heatmap-gateway keys list" shows the names`,
        );
      if (file.keys.length === 1)
        throw new CommandFailure(
          EXIT.failed,
          `${id} is the last key in ${path}, and a gateway does not start with an empty key file: add another key ` +
            'first, or delete the file and unset API_KEYS_FILE',
        );
      return file.raw.filter((_, index) => index !== place);
    });
    const moved = raw.slice(place + 1).some((entry) => typeof entry === 'string');
    return {
      exit: EXIT.ok,
      report: { status: 'ok', file: path, id, left: raw.length - 1 },
      text: `The key of ${id} is revoked.${moved ? ' The keys without a name after it have moved up by one.' : ''}`,
    };
  },
};

import type { Command } from './command.js';
import { cookiesCheck } from './commands/cookies-check.js';
import { cookiesImport } from './commands/cookies-import.js';
import { keysAdd } from './commands/keys-add.js';
import { keysList } from './commands/keys-list.js';
import { keysRevoke } from './commands/keys-revoke.js';
import { login } from './commands/login.js';

/** The commands that perform one task and exit. */
export const TASKS: readonly Command[] = [login, cookiesImport, cookiesCheck, keysAdd, keysList, keysRevoke];

export type { Call, Command, Option } from './command.js';
export { EXIT } from './exit-code.js';
export { runCommand } from './run.js';

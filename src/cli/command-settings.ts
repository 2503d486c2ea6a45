/** The settings of the gateway as far as a command needs them. */
import { loadConfig, SETTINGS, type Config, type SettingName } from '../config/index.js';
import type { Call } from './command.js';

/**
 * Who may reach the gateway and whether it logs in by itself does not matter here, so no command is held up by keys that
 * are missing or yet to be made.
 */
const IGNORED_SETTINGS = {
  [SETTINGS.host.env]: '127.0.0.1',
  [SETTINGS.port.env]: '0',
  [SETTINGS.authMode.env]: 'auto',
  [SETTINGS.sessionRenewal.env]: 'off',
};

/**
 * The settings `names`, read as the gateway reads them: YAML, environment, flags. Other environment variables are not
 * looked at; a settings file is checked as a whole. Throws a `ConfigError`.
 */
export function commandSettings<N extends SettingName>(call: Call, names: readonly N[]): Pick<Config, N> {
  const { env, flags } = call;
  const wanted = names.map((name) => SETTINGS[name].env);
  return loadConfig({
    env: { ...IGNORED_SETTINGS, ...Object.fromEntries(wanted.map((name) => [name, env[name]])) },
    flags,
    file: flags.config ?? (env.GATEWAY_CONFIG || undefined),
  });
}

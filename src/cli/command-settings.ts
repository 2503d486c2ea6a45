/** The settings that a command needs. */
import { loadConfig, SETTINGS, type Config, type SettingName } from '../config/index.js';
import type { Call } from './command.js';

/**
 * Valid values for the settings of the listener, access and automatic login. Commands do not use them, so an invalid value,
 * or a key file that does not exist yet, prevents no command.
 */
const IGNORED_SETTINGS = {
  [SETTINGS.host.env]: '127.0.0.1',
  [SETTINGS.port.env]: '0',
  [SETTINGS.authMode.env]: 'auto',
  [SETTINGS.sessionRenewal.env]: 'off',
};

/**
 * The settings `names`, read like those of the gateway: YAML, environment, flags. Other environment variables are ignored;
 * a YAML file is validated as a whole. Throws a `ConfigError`.
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

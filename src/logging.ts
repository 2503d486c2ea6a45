/** The logger: JSON lines, or readable lines on a terminal. */
import type { LoggerService } from '@nestjs/common';
import { destination, pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import pretty from 'pino-pretty';
import { hideKeys } from './common/text/hide-keys.js';
import type { Config } from './config/index.js';

/** Fields that are redacted in every log line. */
const REDACTED = [
  'authorization',
  'x-api-key',
  'cookie',
  'set-cookie',
  'key',
  'access_token',
  'token',
  'Key-Pair-Id',
  'Policy',
  'Signature',
];

/** If the output blocks, further lines are dropped instead of filling the memory. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;

/** Whether the lines are for a person to read, not JSON. */
export function isReadable(config: Pick<Config, 'logFormat'>): boolean {
  return (config.logFormat ?? (process.stdout.isTTY ? 'pretty' : 'json')) === 'pretty';
}

export function createLogger(
  config: Pick<Config, 'logLevel' | 'logFormat'>,
  stream?: DestinationStream,
): Logger {
  const output =
    stream ??
    (isReadable(config)
      ? pretty({
          singleLine: true,
          ignore: 'pid,hostname',
          translateTime: 'SYS:HH:MM:ss',
          colorize: process.stdout.isTTY,
        })
      : destination({ dest: 1, sync: false, maxLength: MAX_WAITING_BYTES }));
  return pino(
    {
      level: config.logLevel,
      // The forms that Loki and Grafana recognise.
      formatters: { level: (level) => ({ level }) },
      timestamp: stdTimeFunctions.isoTime,
      serializers: { err: described },
      redact: { paths: REDACTED.flatMap((name) => [`["${name}"]`, `*["${name}"]`]), censor: '[redacted]' },
    },
    output,
  );
}

/** Only the standard fields of an error: some libraries attach the request with its headers. */
function described(error: unknown): object {
  if (!(error instanceof Error)) return { message: typeof error };
  const { name, message, stack } = error;
  return {
    type: name,
    message: hideKeys(message),
    code: (error as NodeJS.ErrnoException).code,
    stack: stack && hideKeys(stack),
  };
}

/** Nest's messages: details of the startup at debug level, warnings and errors at their own. */
export function nestLogger(log: Logger): LoggerService {
  const at = (level: 'debug' | 'warn' | 'error') => (message: unknown) => log[level](String(message));
  const error = (message: unknown, ...rest: readonly unknown[]) => {
    // The failure of the start, which the command reports.
    if (rest.at(-1) !== 'ExceptionHandler') at('error')(message);
  };
  return { log: at('debug'), debug: at('debug'), verbose: at('debug'), warn: at('warn'), error };
}

/** The one logger: JSON lines, or readable ones on a terminal. */
import type { LoggerService } from '@nestjs/common';
import { destination, pino, type DestinationStream, type Logger } from 'pino';
import pretty from 'pino-pretty';
import type { Config } from './config/index.js';

/** Never in a log, whoever puts it there. */
const REDACTED = [
  'authorization',
  'x-api-key',
  'cookie',
  'set-cookie',
  'key',
  'Key-Pair-Id',
  'Policy',
  'Signature',
];

/** Lines that nobody reads are dropped beyond this, rather than fill the memory. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;

export function createLogger(
  config: Pick<Config, 'logLevel' | 'logFormat'>,
  stream?: DestinationStream,
): Logger {
  const readable = (config.logFormat ?? (process.stdout.isTTY ? 'pretty' : 'json')) === 'pretty';
  const output =
    stream ??
    (readable
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
      serializers: { err: described },
      redact: { paths: REDACTED.flatMap((name) => [`["${name}"]`, `*["${name}"]`]), censor: '[redacted]' },
    },
    output,
  );
}

/** The usual fields of an error and no others: some libraries hang requests with their headers on theirs. */
function described(error: unknown): object {
  if (!(error instanceof Error)) return { message: typeof error };
  const { name, message, stack } = error;
  return { type: name, message, code: (error as NodeJS.ErrnoException).code, stack };
}

/** Nest's own messages: start-up details at debug, warnings and errors as they are. */
export function nestLogger(log: Logger): LoggerService {
  const at = (level: 'debug' | 'warn' | 'error') => (message: unknown) => log[level](String(message));
  return { log: at('debug'), debug: at('debug'), verbose: at('debug'), warn: at('warn'), error: at('error') };
}

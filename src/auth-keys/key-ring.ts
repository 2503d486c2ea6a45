/** The API keys: looked up by SHA-256 digest, reloaded when the file changes. */
import { hash } from 'node:crypto';
import type { Clock } from '../common/clock.js';
import type { Log } from '../common/log.js';
import { fileProblem, readTextSync } from '../common/files/read-text.js';
import { watchPath } from '../common/files/watch-path.js';
import { KEY_FORM, KeyFileError, parseKeyFile, type ApiKey } from './key-file.js';
import type { PresentedKey } from './presented-key.js';

export type Refused = 'missing' | 'ambiguous' | 'malformed' | 'unknown' | 'expired';

export type Verdict =
  { readonly ok: true; readonly key: ApiKey } | { readonly ok: false; readonly reason: Refused };

export class KeyRing {
  private keys: ReadonlyMap<string, ApiKey>;
  private unwatch: () => void = () => undefined;

  /** Throws a {@link KeyFileError} when `path` is missing, empty or invalid. */
  constructor(
    private readonly path: string,
    private readonly clock: Clock,
  ) {
    this.keys = readKeys(path);
  }

  /** Reloads a changed file; an invalid one is logged, and the previous keys stay in use. */
  watch(log: Log): void {
    this.unwatch = watchPath(this.path, () => {
      try {
        this.keys = readKeys(this.path);
        log.info({ file: this.path, keys: this.keys.size }, 'API keys reloaded');
      } catch (error) {
        log.error(
          { problem: (error as Error).message },
          'the changed API keys are not usable; the previous keys stay in use',
        );
      }
    });
  }

  close(): void {
    this.unwatch();
  }

  /** Whether `text` is a key of the file, expired or not. */
  contains(text: string): boolean {
    return KEY_FORM.test(text) && this.keys.has(hash('sha256', text));
  }

  check(presented: PresentedKey): Verdict {
    if (presented.kind === 'none') return { ok: false, reason: 'missing' };
    if (presented.kind === 'several') return { ok: false, reason: 'ambiguous' };
    if (!KEY_FORM.test(presented.key)) return { ok: false, reason: 'malformed' };
    // The time of the lookup depends on the digest. A client cannot choose a digest byte by byte, so timing reveals no key.
    const key = this.keys.get(hash('sha256', presented.key));
    if (!key) return { ok: false, reason: 'unknown' };
    if (key.expiresAt !== undefined && key.expiresAt <= this.clock.now())
      return { ok: false, reason: 'expired' };
    return { ok: true, key };
  }
}

function readKeys(path: string): ReadonlyMap<string, ApiKey> {
  let text: string;
  try {
    text = readTextSync(path);
  } catch (error) {
    throw new KeyFileError(`${path}: the API key file cannot be read: ${fileProblem(error)}`);
  }
  try {
    return new Map(parseKeyFile(text).map((key) => [key.digest, key]));
  } catch (error) {
    throw new KeyFileError(`${path}: the API key file is not usable: ${(error as Error).message}`);
  }
}

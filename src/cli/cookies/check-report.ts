/** The outcome of `cookies check`. Pure. */
import { PROGRAM } from '../../common/program-name.js';
import { permissionsWarning } from '../../common/files/file-mode.js';
import type { RefreshOutcome } from '../../cookie-store/index.js';
import type { Outcome } from '../command.js';
import { inWords, passedOverWords, type CookieCount } from './cookie-count.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { TileTrial } from './try-tile.js';

export interface CheckFindings {
  readonly file: string;
  /** Permission bits; undefined where the system has none. */
  readonly mode: number | undefined;
  readonly count: CookieCount;
  /** Number of entries of the file that are no cookies. */
  readonly passedOver: number;
  /** Of the signed cookies in the file. */
  readonly expiresAt: number | undefined;
  /** Undefined without a session. */
  readonly refresh: RefreshOutcome | undefined;
  /** Undefined without valid signed cookies. */
  readonly tile: TileTrial | undefined;
  readonly saved: boolean;
  readonly now: number;
}

const FINISH_SET_UP = 'log in to Strava in a browser and finish the set-up of the account there';
const LOG_IN_AGAIN = `log in to Strava in a browser and export the cookies again, or use "${PROGRAM} login"`;

export function checkReport(findings: CheckFindings): Outcome {
  const { file, mode, count, passedOver, expiresAt, refresh, tile, saved } = findings;
  const { exit, status, problem } = verdict(findings);
  const warnings = warningsOf(findings);
  return {
    exit,
    report: {
      status,
      file,
      mode: mode === undefined ? null : mode.toString(8).padStart(4, '0'),
      found: count,
      passedOver,
      expires: iso(expiresAt),
      refresh: refresh
        ? {
            result: refresh.kind,
            ...(refresh.kind === 'success'
              ? { expires: iso(refresh.signed.expiresAt) }
              : { detail: refresh.detail }),
          }
        : { result: 'skipped' },
      tile: tile
        ? { result: tile.kind, ...('detail' in tile ? { detail: tile.detail } : {}) }
        : { result: 'skipped' },
      saved,
      warnings,
    },
    text: [
      `${file}: ${inWords(count)}${passedOverWords(passedOver)}.`,
      `Signed cookies: ${signedWords(findings)}.`,
      `Refresh: ${refreshWords(refresh)}.`,
      `Tile: ${tileWords(tile)}.`,
      ...(saved ? ['The new cookies were written to the file.'] : []),
      ...warnings.map((warning) => `Warning: ${warning}.`),
    ].join('\n'),
    ...(problem === undefined ? {} : { problem }),
  };
}

function verdict({ refresh, tile }: CheckFindings): {
  exit: ExitCode;
  status: string;
  problem?: string;
} {
  if (refresh?.kind === 'onboarding')
    return {
      exit: EXIT.rejected,
      status: 'onboarding',
      problem: `The session gives no access yet: ${refresh.detail}. To do: ${FINISH_SET_UP}; the cookies can stay as they are.`,
    };
  if (refresh?.kind === 'session_rejected' || !tile) {
    if (refresh?.kind === 'upstream_error') return unavailable(refresh.detail);
    const why =
      refresh?.kind === 'session_rejected'
        ? refresh.detail
        : 'the file contains neither a session nor valid signed cookies';
    return {
      exit: EXIT.rejected,
      status: 'session_rejected',
      problem: `The cookies are not valid: ${why}. To do: ${LOG_IN_AGAIN}.`,
    };
  }
  if (tile.kind === 'refused' && !refresh)
    return {
      exit: EXIT.rejected,
      status: 'session_rejected',
      problem: `Strava refuses the signed cookies, and the file contains no session to request new ones. To do: ${LOG_IN_AGAIN}.`,
    };
  if (refresh?.kind === 'upstream_error') return unavailable(refresh.detail);
  if (tile.kind === 'refused' || tile.kind === 'upstream_error') return unavailable(tile.detail);
  return { exit: EXIT.ok, status: 'ok' };
}

function unavailable(detail: string) {
  return {
    exit: EXIT.upstream,
    status: 'upstream_error',
    problem: `Strava cannot be reached or has a problem: ${detail}. The cookies may still be valid.`,
  };
}

function warningsOf({ file, mode, refresh }: CheckFindings): string[] {
  const wide = mode === undefined ? undefined : permissionsWarning(file, mode);
  return [
    ...(wide === undefined ? [] : [wide]),
    ...(refresh
      ? []
      : ['the file contains no session, so the signed cookies cannot be refreshed after they expire']),
  ];
}

function signedWords({ expiresAt, now }: CheckFindings): string {
  if (expiresAt === undefined) return 'none for the tile host';
  return `${expiresAt > now ? 'valid until' : 'expired at'} ${iso(expiresAt)}`;
}

function refreshWords(refresh: RefreshOutcome | undefined): string {
  if (!refresh) return 'not tested, the file contains no session';
  if (refresh.kind === 'success')
    return `works, the new cookies are valid until ${iso(refresh.signed.expiresAt)}`;
  return `${refresh.kind === 'upstream_error' ? 'failed' : 'rejected'}, ${refresh.detail}`;
}

function tileWords(tile: TileTrial | undefined): string {
  if (!tile) return 'not tested, there are no valid cookies';
  if ('detail' in tile) return `failed, ${tile.detail}`;
  return tile.kind === 'tile' ? 'loads' : 'loads, it contains no heat';
}

function iso(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}

/** The health issues of the upstream in words. Pure. */
import type { SourceGroup, UpstreamIssueKind } from '../../catalog/index.js';
import type { HealthIssue } from '../../common/health-signals.js';
import { OFFLINE_ACTION, offlineReason } from '../../common/net/connection-problem.js';
import type { UpstreamError } from '../upstream-error.js';

export type UpstreamIssue = HealthIssue & { readonly kind: UpstreamIssueKind };

const WAIT = 'the gateway serves cached tiles and retries automatically; if this persists,';

export function unreachableIssue(group: SourceGroup, error: UpstreamError): UpstreamIssue {
  const offline = offlineReason(error.code, "Strava's tile host");
  if (offline !== undefined) return { kind: 'no_internet', reason: offline, action: OFFLINE_ACTION };
  if (group === 'anonymous')
    return {
      kind: 'unreachable',
      reason: 'neither source of anonymous tiles answers',
      action: `${WAIT} check whether Strava can be reached, or add Strava cookies`,
    };
  return { kind: 'unreachable', ...unreachable(error) };
}

function unreachable({ kind, code, upstreamStatus }: UpstreamError): HealthIssue {
  if (kind === 'bad_response')
    return {
      reason: "something other than a tile comes from the address of Strava's tile host",
      action: `${WAIT} check whether the network asks for a login (captive portal) or a proxy replaces responses`,
    };
  const what =
    kind === 'timeout'
      ? 'does not respond in time'
      : kind === 'server_error'
        ? `responds with status ${upstreamStatus}`
        : `cannot be reached (${code ?? 'unknown'})`;
  return {
    reason: `Strava's tile host ${what}`,
    action: `${WAIT} check whether the heatmap on www.strava.com works in a browser`,
  };
}

export function pauseIssue(until: number): UpstreamIssue {
  return {
    kind: 'throttled',
    reason: `Strava asks for fewer requests; the gateway sends none until ${new Date(until).toISOString()}`,
    action:
      'no action is needed, the gateway continues by itself; if this repeats, limit clients that download regions, or lower UPSTREAM_MAX_CONCURRENCY',
  };
}

export function blankIssue(): UpstreamIssue {
  return {
    kind: 'blank',
    reason: 'Strava has no tile at all: even the tile of the whole world is missing',
    action:
      'check whether the heatmap on www.strava.com works in a browser, and whether Strava has moved its tiles (STRAVA_TILES_URL, STRAVA_TILES_VERSION)',
  };
}

export function queueIssue(size: number, max: number): UpstreamIssue {
  return {
    kind: 'queue',
    reason: `the upstream queue is nearly full: ${size} of ${max} tiles`,
    action: 'wait; if it persists, check whether Strava responds slowly, or lower the rate limits of clients',
  };
}

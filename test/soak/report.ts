/** The report at the end of a soak. Pure. */
import type { Counters } from '../simulator/server/counters.js';
import type { Counts } from '../support/run/counts.js';
import { mebibytes, table } from '../support/run/tables.js';
import type { ProcessSamples } from './checks/resource-growth.js';
import { MAX_DESCRIPTOR_GROWTH, MAX_MEMORY_GROWTH_BYTES } from './settings.js';
import type { Tally } from './tally.js';

export interface ReportOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly tally: Tally;
  readonly processes: readonly ProcessSamples[];
  readonly counters: Counters;
  readonly starts: number;
  readonly logLines: number;
  readonly secrets: number;
  readonly delayMs: number;
}

export function report(options: ReportOptions): string {
  const { tally, seed, seconds } = options;
  const sections = [
    `soak of ${seconds.toFixed(0)} s, seed ${seed}: ${tally.faults} faults`,
    section('Requests by route and outcome', outcomeTable(tally.routes)),
    section('Phases', phaseTable(tally)),
    section('Latency of tiles without a fault (ms)', latencyTable(tally)),
    section('Resources', resources(options)),
    section('Notes', tally.notes.join('\n')),
  ];
  if (tally.count > 0) sections.push(section('Violations', tally.report()));
  sections.push(`soak: ${tally.requests} requests, ${tally.count} violations`);
  return `${sections.join('\n\n')}\n`;
}

function section(title: string, content: string): string {
  return `${title}\n${content.replace(/^/gm, '  ')}`;
}

function outcomeTable(routes: ReadonlyMap<string, Counts>): string {
  const columns = [...new Set([...routes.values()].flatMap((outcomes) => [...outcomes.keys()]))].sort();
  const rows = [...routes].map(([route, outcomes]) => [
    route,
    ...columns.map((column) => String(outcomes.get(column) ?? '')),
  ]);
  return table([['', ...columns], ...rows]);
}

function phaseTable({ phases }: Tally): string {
  const played = [...phases.values()].filter(({ seconds }) => seconds > 0);
  const rows = played.map(({ name, seconds, outcomes, refreshes, upstreamRequests, recoveryMs }) => {
    const groups = [['200', '204', '304'], ['502'], ['503'], ['504'], ['broken']];
    return [
      name,
      seconds.toFixed(1),
      ...[outcomes.total, ...groups.map((names) => outcomes.of(...names))].map(String),
      String(refreshes),
      String(upstreamRequests),
      recoveryMs?.toFixed(0) ?? '',
    ];
  });
  const head = [
    '',
    's',
    'requests',
    '2xx, 304',
    '502',
    '503',
    '504',
    'broken',
    'refreshes',
    'upstream',
    'recovery ms',
  ];
  return table([head, ...rows]);
}

function latencyTable({ hits, misses }: Tally): string {
  const row = (name: string, values: readonly number[]) => {
    const sorted = [...values].sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    return [name, String(sorted.length), ...[0.5, 0.95, 0.99, 1].map((share) => at(share).toFixed(1))];
  };
  return table([['', 'count', 'p50', 'p95', 'p99', 'max'], row('hits', hits), row('misses', misses)]);
}

function resources(options: ReportOptions): string {
  const { processes: samples, counters, starts, logLines, secrets, tally, seconds, delayMs } = options;
  const { requests, refreshes, maxInFlight } = counters;
  const processes = samples.map(
    ({ start, end }) =>
      `memory: ${mebibytes(start.memoryBytes)} after warm-up, ${mebibytes(end.memoryBytes)} at the end; ` +
      `file descriptors: ${start.descriptors ?? 'unknown'}, ${end.descriptors ?? 'unknown'}`,
  );
  return [
    ...processes,
    `allowed growth: ${mebibytes(MAX_MEMORY_GROWTH_BYTES)}, ${MAX_DESCRIPTOR_GROWTH} file descriptors`,
    `upstream: ${requests.tiles} requests for signed tiles, ${requests.anonymous} for anonymous tiles, ` +
      `${requests.oldAnonymous} to the old anonymous host, at most ` +
      `${maxInFlight.tiles} in flight; ${refreshes.total} refreshes, ${refreshes.issued} of them successful`,
    `${starts} starts of the process; ${tally.finishedAfterClosing} requests finished after the listener had closed`,
    `scheduling delay: ${(delayMs / 1000).toFixed(1)} s of ${seconds.toFixed(0)} s; ` +
      `${tally.excusedByDelay} responses excused by it`,
    `${logLines} log lines and all responses searched for ${secrets} secrets`,
  ].join('\n');
}

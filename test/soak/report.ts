/** The report at the end. Pure. */
import type { Counters } from '../simulator/server/counters.js';
import { megabytes } from './checks/resource-growth.js';
import type { Played } from './schedule.js';
import { MORE_DESCRIPTORS, MORE_MEMORY_BYTES } from './settings.js';
import type { Tally } from './tally.js';

export interface ReportOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly tally: Tally;
  readonly played: Played;
  readonly counters: Counters;
  readonly starts: number;
  readonly logLines: number;
  readonly secrets: number;
  readonly withheldSeconds: number;
}

export function report(options: ReportOptions): string {
  const { tally, played, seed, seconds } = options;
  const sections = [
    `soak of ${seconds.toFixed(0)} s with the seed ${seed}`,
    section('Requests by route and outcome', outcomeTable(tally.routes)),
    section('Phases', phaseTable(tally)),
    section('Latency of tiles while there is no fault (ms)', latencyTable(tally)),
    section('Resources', resources(options)),
    section('Notes', tally.notes.join('\n')),
  ];
  if (played.left.length > 0) sections.push(`Not played, for want of time: ${played.left.join(', ')}`);
  if (tally.violationCount > 0) sections.push(section('Violations', violations(tally)));
  sections.push(`soak: ${tally.requests} requests, ${tally.violationCount} violations`);
  return `${sections.join('\n\n')}\n`;
}

function section(title: string, content: string): string {
  return `${title}\n${content.replace(/^/gm, '  ')}`;
}

function outcomeTable(routes: ReadonlyMap<string, ReadonlyMap<string, number>>): string {
  const columns = [...new Set([...routes.values()].flatMap((outcomes) => [...outcomes.keys()]))].sort();
  const rows = [...routes].map(([route, outcomes]) => [
    route,
    ...columns.map((column) => String(outcomes.get(column) ?? '')),
  ]);
  return table(['', ...columns], rows);
}

function phaseTable({ phases }: Tally): string {
  const played = [...phases.values()].filter(({ seconds }) => seconds > 0);
  const rows = played.map(({ name, seconds, outcomes, refreshes, upstreamRequests, recoveryMs }) => {
    const of = (...names: string[]) => names.reduce((sum, one) => sum + (outcomes.get(one) ?? 0), 0);
    const requests = [...outcomes.values()].reduce((sum, count) => sum + count, 0);
    return [
      name,
      seconds.toFixed(1),
      ...[requests, of('200', '204', '304'), of('502'), of('503'), of('504'), of('broken')].map(String),
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
    'well after ms',
  ];
  return table(head, rows);
}

function latencyTable({ hits, misses }: Tally): string {
  const row = (name: string, values: readonly number[]) => {
    const sorted = [...values].sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    return [name, String(sorted.length), ...[0.5, 0.95, 0.99, 1].map((share) => at(share).toFixed(1))];
  };
  return table(['', 'count', 'p50', 'p95', 'p99', 'max'], [row('hits', hits), row('misses', misses)]);
}

function resources(options: ReportOptions): string {
  const { played, counters, starts, logLines, secrets, tally, seconds, withheldSeconds } = options;
  const { requests, refreshes, maxInFlight } = counters;
  const lives = played.lives.map(
    ({ start, end }) =>
      `memory ${megabytes(start)} after warm-up, ${megabytes(end)} at the end; ` +
      `descriptors ${start.descriptors ?? 'unknown'} and ${end.descriptors ?? 'unknown'}`,
  );
  return [
    ...lives,
    `allowed: ${MORE_MEMORY_BYTES / 2 ** 20} MB and ${MORE_DESCRIPTORS} descriptors more`,
    `upstream: ${requests.tiles} requests for tiles, ${requests.anonymous} for anonymous ones, at most ` +
      `${maxInFlight.tiles} at once; ${refreshes.total} refreshes, of which ${refreshes.issued} brought cookies`,
    `${starts} starts of the process; ${tally.finishedAfterClosing} requests finished after the listener had closed`,
    `the machine withheld ${withheldSeconds.toFixed(1)} s of ${seconds.toFixed(0)} s; ` +
      `${tally.starved} answers were looked at with indulgence for that`,
    `${logLines} lines of the log, and every answer, searched for ${secrets} secrets`,
  ].join('\n');
}

function violations(tally: Tally): string {
  return [...tally.violations.values()]
    .map(({ problem, count, examples }) => [`${count} x ${problem}`, ...examples].join('\n    '))
    .join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  return [head, ...rows]
    .map((row) =>
      row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '),
    )
    .join('\n');
}

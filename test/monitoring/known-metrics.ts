/** Every metric that a gateway exports, with its labels and, where these are a closed list, their values. */
import { Metrics } from '../../src/metrics/index.js';

export interface KnownMetric {
  readonly labels: ReadonlySet<string>;
  /** The values of labels whose children all exist from the start. */
  readonly values: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Statuses are told as they come, and those of tile requests upstream are not all foreseen. */
const OPEN_LABELS = ['status', 'route', 'method', 'version', 'kind', 'le'];
const SUFFIXES = { counter: [''], gauge: [''], summary: [''], histogram: ['_bucket', '_sum', '_count'] };

/** By the names that Prometheus stores. `up` is its own. */
export async function knownMetrics(): Promise<ReadonlyMap<string, KnownMetric>> {
  const known = new Map<string, KnownMetric>([['up', { labels: new Set(), values: new Map() }]]);
  const metrics = new Metrics('0');
  metrics.watchRedis(() => true);
  const { registry } = metrics;
  const described = new Map(
    registry
      .getMetricsAsArray()
      .map((metric) => [metric.name, metric as unknown as { labelNames: string[] }]),
  );
  for (const { name, type, values } of await registry.getMetricsAsJSON()) {
    const labels = new Set(described.get(name)!.labelNames);
    const closed = new Map<string, Set<string>>();
    for (const { labels: child } of values)
      for (const [label, value] of Object.entries(child)) {
        if (OPEN_LABELS.includes(label)) continue;
        closed.set(label, (closed.get(label) ?? new Set()).add(String(value)));
      }
    if (String(type) === 'histogram') labels.add('le');
    for (const suffix of SUFFIXES[String(type) as keyof typeof SUFFIXES])
      known.set(name + suffix, { labels, values: closed });
  }
  return known;
}

/** The text format of metrics (Prometheus exposition format 0.0.4), read strictly. Pure. */

export interface MetricsText {
  /** `counter`, `gauge` and so on, by family. */
  readonly types: ReadonlyMap<string, string>;
  /** Values by series: name and labels as written. */
  readonly values: ReadonlyMap<string, number>;
}

const LABEL = String.raw`[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*"`;
/** Numbers are what Go's ParseFloat takes, so case does not matter. */
const SERIES = new RegExp(
  String.raw`^([a-zA-Z_:][\w:]*(?:\{${LABEL}(?:,${LABEL})*\})?) ([Nn]a[Nn]|[+-]Inf|[+-]?\d[\d.]*(?:e[+-]?\d+)?)$`,
);

/** Throws when a line is none of the format. */
export function readMetrics(text: string): MetricsText {
  const types = new Map<string, string>();
  const values = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '' || /^# HELP \S+ .*$/.test(line)) continue;
    const [, family, type] = /^# TYPE (\S+) (counter|gauge|histogram|summary|untyped)$/.exec(line) ?? [];
    if (family !== undefined && type !== undefined) {
      types.set(family, type);
      continue;
    }
    const [, series, value] = SERIES.exec(line) ?? [];
    if (series === undefined || value === undefined)
      throw new Error(`"${line.slice(0, 80)}" is no line of metrics`);
    if (values.has(series)) throw new Error(`${series} stands there twice`);
    values.set(series, Number(value.replace('Inf', 'Infinity')));
  }
  return { types, values };
}

/** What has gone down that may only go up: counters, and the parts of histograms. `now` is of the same process. */
export function fallenCounters(before: MetricsText, now: MetricsText): string[] {
  return [...before.values].flatMap(([series, old]) => {
    if (!onlyGoesUp(series, now.types)) return [];
    const value = now.values.get(series);
    return value !== undefined && value >= old ? [] : [`${series} went from ${old} to ${value ?? 'nothing'}`];
  });
}

function onlyGoesUp(series: string, types: ReadonlyMap<string, string>): boolean {
  const name = series.split('{', 1)[0]!;
  const family = name.replace(/_(?:bucket|count|sum)$/, '');
  return types.get(name) === 'counter' || types.get(family) === 'histogram';
}

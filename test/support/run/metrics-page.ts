const LABEL = String.raw`[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*"`;
/** Numbers in the syntax of Go's ParseFloat; case is ignored. */
const SERIES = new RegExp(
  String.raw`^([a-zA-Z_:][\w:]*(?:\{${LABEL}(?:,${LABEL})*\})?) ([Nn]a[Nn]|[+-]Inf|[+-]?\d[\d.]*(?:e[+-]?\d+)?)$`,
);

/** A page of metrics in the Prometheus text format 0.0.4, read strictly. */
export class MetricsPage {
  /** `counter`, `gauge` and so on, by family. */
  private readonly types = new Map<string, string>();
  /** Values by series: name and labels as written. */
  readonly values = new Map<string, number>();

  /** Throws when a line does not follow the format or a series occurs twice. */
  constructor(readonly text: string) {
    for (const line of text.split('\n')) {
      if (line === '' || /^# HELP \S+ .*$/.test(line)) continue;
      const [, family, type] = /^# TYPE (\S+) (counter|gauge|histogram|summary|untyped)$/.exec(line) ?? [];
      if (family !== undefined && type !== undefined) {
        this.types.set(family, type);
        continue;
      }
      const [, series, value] = SERIES.exec(line) ?? [];
      if (series === undefined || value === undefined)
        throw new Error(`"${line.slice(0, 80)}" is not a line of the Prometheus text format`);
      if (this.values.has(series)) throw new Error(`the series ${series} occurs twice`);
      this.values.set(series, Number(value.replace('Inf', 'Infinity')));
    }
  }

  /** The value of a series, name and labels as written; undefined without that series. */
  value(series: string): number | undefined {
    return this.values.get(series);
  }

  /** Number of series. */
  get size(): number {
    return this.values.size;
  }

  /** Resident memory of the process in bytes. */
  get residentBytes(): number {
    return this.value('process_resident_memory_bytes')!;
  }

  /** Open file descriptors; undefined on systems that do not report them. */
  get openDescriptors(): number | undefined {
    return this.value('process_open_fds');
  }

  /** Counters and histogram parts that are lower than on an earlier page of the same process. */
  decreasedSince(earlier: MetricsPage): string[] {
    return [...earlier.values].flatMap(([series, old]) => {
      if (!this.onlyIncreases(series)) return [];
      const value = this.value(series);
      return value !== undefined && value >= old
        ? []
        : [`${series} went from ${old} to ${value ?? 'nothing'}`];
    });
  }

  private onlyIncreases(series: string): boolean {
    const name = series.split('{', 1)[0]!;
    const family = name.replace(/_(?:bucket|count|sum)$/, '');
    return this.types.get(name) === 'counter' || this.types.get(family) === 'histogram';
  }
}

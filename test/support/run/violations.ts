/** Examples kept of each kind of violation; one cause may repeat thousands of times. */
const EXAMPLES = 4;

/** The violations of a long test run. Problems that differ in numbers and quoted values only are one kind. */
export class Violations {
  count = 0;
  private readonly kinds = new Map<string, { readonly problem: string; count: number; examples: string[] }>();

  /** `example`: where and when the problem was seen. */
  add(problem: string, example?: string): void {
    this.count++;
    const name = problem.replace(/"[^"]*"|\d+/g, '#');
    const kind = this.kinds.get(name) ?? { problem, count: 0, examples: [] };
    this.kinds.set(name, kind);
    kind.count++;
    if (example !== undefined && kind.examples.length < EXAMPLES) kind.examples.push(example);
  }

  /** One paragraph for each kind; empty without violations. */
  report(): string {
    return [...this.kinds.values()]
      .map(({ problem, count, examples }) =>
        [`VIOLATION (${count}x): ${problem}`, ...examples.map((example) => `    ${example}`)].join('\n'),
      )
      .join('\n');
  }
}

/** Reads the log of the gateway while it runs: every line is JSON, none is an error, and none holds a secret. */
export class LogWatch {
  readonly levels = new Map<string, number>();

  constructor(
    private readonly secrets: readonly string[],
    private readonly report: (what: string, where: string) => void,
  ) {}

  readonly line = (line: string): void => {
    const level = levelOf(line);
    if (level === undefined)
      return this.report('a line of the log is no JSON with a level', line.slice(0, 300));
    this.levels.set(String(level), (this.levels.get(String(level)) ?? 0) + 1);
    if (level >= 50) this.report('the log has an error', line.slice(0, 2000));
    const leaked = this.secrets.findIndex((secret) => line.includes(secret));
    if (leaked >= 0) this.report(`the log has a secret (number ${leaked})`, `at level ${level}`);
  };
}

function levelOf(line: string): number | undefined {
  try {
    const { level } = JSON.parse(line) as { level?: unknown };
    return typeof level === 'number' ? level : undefined;
  } catch {
    return undefined;
  }
}

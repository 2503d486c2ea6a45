/** What went wrong, fit for a log: a code of the system or a sentence of ours, without a stack and without values. */
export function errorSummary(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}

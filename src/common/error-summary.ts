/** Cause of an error for a log line: the system error code if there is one, else the message. Never the stack. */
export function errorSummary(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}

/** Ends this process by `process.exit` on SIGINT and SIGTERM, so that its exit handlers run and stop child processes. */
export function exitOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
}

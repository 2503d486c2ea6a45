/**
 * Runs `task` with a signal that is aborted after `ms` (with the reason `late`), or together with `other`. Not AbortSignal.any,
 * because on Node 20 its combination with AbortSignal.timeout can be collected as garbage and then never fires.
 */
export async function withDeadline<T>(
  ms: number,
  other: AbortSignal | undefined,
  task: (signal: AbortSignal) => Promise<T>,
  late = new Error('too late'),
): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(late), ms);
  const abort = () => controller.abort(other?.reason);
  if (other?.aborted) abort();
  other?.addEventListener('abort', abort, { once: true });
  try {
    return await task(controller.signal);
  } finally {
    clearTimeout(timer);
    other?.removeEventListener('abort', abort);
  }
}

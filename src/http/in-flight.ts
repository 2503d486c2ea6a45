import type { Server } from 'node:http';

/** Counts the requests under way at some servers, so that a stop can wait for them and for nothing else. */
export class InFlight {
  private count = 0;
  private notify: () => void = () => undefined;

  watch(server: Server): void {
    server.on('request', (_request, response) => {
      this.count++;
      response.once('close', () => {
        this.count--;
        if (this.count === 0) this.notify();
      });
    });
  }

  /** Resolves when no request is under way, or after `ms`. */
  async none(ms: number): Promise<void> {
    if (this.count === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.notify = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/**
 * A proxy for the simulator's web host that removes `Domain` and `Secure` from its cookies, so that browsers and curl accept
 * them from a loopback address without TLS.
 */
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CookieFront {
  readonly url: string;
  close(): Promise<void>;
}

export async function startCookieFront(webUrl: string): Promise<CookieFront> {
  const server = createServer((asked, answer) => {
    const passed = request(
      webUrl + asked.url!,
      { method: asked.method!, headers: asked.headers },
      (reply) => {
        const cookies = reply.headers['set-cookie']?.map((line) =>
          line.replace(/; (Domain=[^;]*|Secure)/g, ''),
        );
        answer.writeHead(reply.statusCode!, {
          ...reply.headers,
          ...(cookies ? { 'set-cookie': cookies } : {}),
        });
        reply.pipe(answer);
      },
    );
    passed.on('error', () => answer.destroy());
    asked.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

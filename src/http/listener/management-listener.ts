/** The second listener, of `MANAGEMENT_PORT`: the same routes, of which each port serves its own. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { HttpProblem } from '../errors/http-problem.js';
import { SERVER_LIMITS } from '../connections/server-limits.js';

export class ManagementListener {
  readonly server: Server;
  private readonly requests = new WeakSet<IncomingMessage>();

  constructor(fastify: FastifyInstance) {
    this.server = createServer(SERVER_LIMITS, (request, response) => {
      this.requests.add(request);
      fastify.routing(request, response);
    });
  }

  /** Whether `request` arrived on this listener. */
  received(request: FastifyRequest): boolean {
    return this.requests.has(request.raw);
  }

  async listen(port: number, host: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, resolve);
    });
  }
}

/** Refuses a request to one port for a route of the other. */
export function installPortCheck(fastify: FastifyInstance, management: ManagementListener | undefined): void {
  if (!management) return;
  fastify.addHook('onRequest', (request, _reply, done) => {
    const belongsHere = Boolean(request.routeOptions.config.management) === management.received(request);
    done(belongsHere ? undefined : new HttpProblem(404, 'There is nothing at this URL.'));
  });
}

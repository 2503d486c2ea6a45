import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccessDenied } from '../../access/scope.js';
import type { Log } from '../../common/log.js';
import type { Metrics } from '../../metrics/index.js';
import { failureOf } from './problem-table.js';
import { sendFailure } from './send-problem.js';

/** Where every error of every route and hook ends and becomes HTTP. */
@Catch()
export class FailureFilter implements ExceptionFilter {
  constructor(
    private readonly log: Log,
    private readonly metrics: Metrics,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const { failure, foreseen } = failureOf(error);
    if (error instanceof AccessDenied && error.reason !== 'admin_off')
      this.metrics.authRejection(error.reason);
    if (!foreseen)
      this.log.error(
        { err: error, requestId: request.id, route: request.routeOptions.url },
        'unforeseen error',
      );
    request.problem = failure.detail;
    sendFailure(request, http.getResponse<FastifyReply>(), failure);
  }
}

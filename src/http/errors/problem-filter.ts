import { Catch, NotFoundException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccessDenied } from '../../access/index.js';
import type { Log } from '../../common/log.js';
import type { Metrics } from '../../metrics/index.js';
import type { Bundle } from '../../html-pages/index.js';
import { pageFiles } from '../answers/page-files.js';
import { freshHeaders } from './fresh-headers.js';
import { HttpProblem } from './http-problem.js';
import { notFoundDetail } from './not-found.js';
import { pageOfProblem, sendPage } from './page-reply.js';
import { problemFor } from './problem-table.js';
import { sendProblem } from './send-problem.js';

/** Turns the errors of routes and hooks into responses, counts refused requests and logs unexpected errors. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly log: Log,
    private readonly metrics: Metrics,
    private readonly bundle: Bundle,
    private readonly policyOfPage: string,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const { problem, expected } = problemFor(
      error instanceof NotFoundException ? new HttpProblem(404, notFoundDetail(request.url)) : error,
    );
    if (error instanceof AccessDenied && error.reason !== 'admin_off')
      this.metrics.authRejection(error.reason);
    if (!expected)
      this.log.error(
        { err: error, requestId: request.id, route: request.routeOptions.url },
        'unexpected error',
      );
    request.problem = problem.detail;
    const reply = http.getResponse<FastifyReply>();
    freshHeaders(reply);
    const page = pageOfProblem(request, problem, pageFiles(this.bundle, request));
    if (page !== undefined) sendPage(request, reply, problem.status, this.policyOfPage, page);
    else sendProblem(request, reply, problem);
  }
}

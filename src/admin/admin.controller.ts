import { Body, Controller, Get, HttpCode, Put, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { decodeText } from '../common/files/decode-text.js';
import {
  CookieFileError,
  CookieKeeper,
  reportOf,
  type CookieReport,
  type CookieStatus,
} from '../cookie-store/index.js';
import { HttpProblem } from '../http/index.js';
import { ADMIN } from '../request-context.js';

/** Status of the cookies, without their values. */
export interface AdminStatus extends CookieReport {
  readonly state: CookieStatus['state'];
}

/** `/admin`: replaces the cookies without a file or a restart. */
@Controller('admin')
export class AdminController {
  constructor(private readonly cookies: CookieKeeper) {}

  /** `PUT /admin/cookies` with cookies in any format of the cookie file. Keeps them only if a refresh with them succeeds. */
  @Put('cookies')
  @RouteConfig(ADMIN)
  @HttpCode(200)
  async put(@Body() body: unknown, @Res({ passthrough: true }) reply: FastifyReply): Promise<AdminStatus> {
    const answer = await this.replace(Buffer.isBuffer(body) ? decodeText(body) : '');
    switch (answer.kind) {
      case 'success':
        return this.status(reply);
      case 'no_session':
        throw new HttpProblem(
          422,
          'The cookies include no _strava4_session; log in to Strava and export them again. The gateway keeps its current cookies.',
        );
      case 'session_rejected':
        throw new HttpProblem(
          422,
          `Strava does not accept this session: ${answer.detail}. The gateway keeps its current cookies.`,
        );
      case 'onboarding':
        throw new HttpProblem(
          422,
          `The session gives no access yet: ${answer.detail}. Finish it in the browser and send the cookies again. The gateway keeps its current cookies.`,
        );
      case 'upstream_error':
        throw new HttpProblem(
          503,
          `The session could not be checked: ${answer.detail}. The gateway keeps its current cookies; try again.`,
          {
            retryAfterSeconds: answer.retryAfterSeconds ?? 30,
          },
        );
    }
  }

  /** `GET /admin/status` */
  @Get('status')
  @RouteConfig(ADMIN)
  status(@Res({ passthrough: true }) reply: FastifyReply): AdminStatus {
    reply.header('cache-control', 'no-store');
    const status = this.cookies.status();
    return { ...reportOf(status), state: status.state };
  }

  private async replace(text: string) {
    try {
      return await this.cookies.replace(text);
    } catch (error) {
      if (error instanceof CookieFileError)
        throw new HttpProblem(400, `The body cannot be read: ${error.message.replace('the file', 'it')}.`);
      throw error;
    }
  }
}

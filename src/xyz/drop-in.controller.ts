import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HttpProblem } from '../http/index.js';
import { XyzTiles, type Suffixes, type XyzParams } from './xyz-tiles.js';

const UPSTREAM_SUFFIXES: Suffixes = { '': 512, '@2x': 1024 };
const UPSTREAM_SMALL_SUFFIXES: Suffixes = { '': 256, '@2x': 1024 };
const WORKER_SUFFIXES: Suffixes = { '': 512, '@small': 256, '@2x': 1024 };

/** URL forms of other heatmap proxies: to migrate a map, change the host name only. */
@Controller()
export class DropInController {
  constructor(private readonly xyz: XyzTiles) {}

  /** `/identified/globalheat/all/hot/11/1072/717.png?v=19`: the URLs of strava-heatmap-proxy and of the upstream. */
  @Get('identified/globalheat/:sport/:color/:z/:x/:file')
  upstreamForm(
    @Param() params: XyzParams,
    @Query('px') px: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void | Promise<void> {
    if (px !== undefined && px !== '256' && px !== '512')
      throw new HttpProblem(400, 'The parameter px must be 256 or 512; for 1024 px use the suffix @2x.');
    const suffixes = px === '256' ? UPSTREAM_SMALL_SUFFIXES : UPSTREAM_SUFFIXES;
    return this.xyz.send('drop_in', params, suffixes, request, reply);
  }

  /** `/global/hot/all/11/1072/717@small.png`: the URLs of the Cloudflare Worker proxy. */
  @Get('global/:color/:sport/:z/:x/:file')
  workerForm(
    @Param() params: XyzParams,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void | Promise<void> {
    return this.xyz.send('drop_in', params, WORKER_SUFFIXES, request, reply);
  }
}

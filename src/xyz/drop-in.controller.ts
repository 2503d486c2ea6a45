import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Catalog } from '../catalog/index.js';
import { HttpProblem } from '../http/index.js';
import { XyzTiles, type Suffixes, type XyzParams } from './xyz-tiles.js';

const SUFFIXES: Suffixes = { '': 512, '@small': 256, '@2x': 1024 };
const SMALL_SUFFIXES: Suffixes = { ...SUFFIXES, '': 256 };

/** URL forms of the upstream and of other heatmap proxies: to migrate a map, change the host name only. */
@Controller()
export class DropInController {
  constructor(
    private readonly catalog: Catalog,
    private readonly xyz: XyzTiles,
  ) {}

  /**
   * `/identified/globalheat/all/hot/11/1072/717.png?v=19`: the URLs of strava-heatmap-proxy and of the upstream; `/tiles` and
   * `/tiles-auth` are those of its old hosts. Ignores the signature in a query.
   */
  @Get([
    'identified/globalheat/:sport/:color/:z/:x/:file',
    'anon/globalheat/:sport/:color/:z/:x/:file',
    'tiles/:sport/:color/:z/:x/:file',
    'tiles-auth/:sport/:color/:z/:x/:file',
  ])
  upstreamForm(
    @Param() params: XyzParams,
    @Query('px') px: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void | Promise<void> {
    if (px !== undefined && px !== '256' && px !== '512')
      throw new HttpProblem(400, 'The parameter px must be 256 or 512; for 1024 px use the suffix @2x.');
    return this.xyz.send('drop_in', params, px === '256' ? SMALL_SUFFIXES : SUFFIXES, request, reply);
  }

  /** `/all/blue/10/512/341.png`: the URLs of strava-heatmap-envoy. Any other path of five segments has no route. */
  @Get(':sport/:color/:z/:x/:file')
  bareForm(
    @Param() params: XyzParams,
    @Query('px') px: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void | Promise<void> {
    if (this.catalog.sportId(params.sport) === undefined) {
      reply.callNotFound();
      return;
    }
    return this.upstreamForm(params, px, request, reply);
  }

  /** `/global/hot/all/11/1072/717@small.png`: the URLs of the Cloudflare Worker proxy. */
  @Get('global/:color/:sport/:z/:x/:file')
  workerForm(
    @Param() params: XyzParams,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void | Promise<void> {
    return this.xyz.send('drop_in', params, SUFFIXES, request, reply);
  }
}

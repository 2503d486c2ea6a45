import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { XyzTiles, type Suffixes, type XyzParams } from './xyz-tiles.js';

const SUFFIXES: Suffixes = { '': 256, '@2x': 512, '@4x': 1024 };

/** `/xyz/sport_Ride/bluered/11/1072/717@2x.png` */
@Controller('xyz')
export class XyzController {
  constructor(private readonly xyz: XyzTiles) {}

  @Get(':sport/:color/:z/:x/:file')
  tile(
    @Param() params: XyzParams,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void | Promise<void> {
    return this.xyz.send('xyz', params, SUFFIXES, request, reply);
  }
}

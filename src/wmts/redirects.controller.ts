import { Controller, Get, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DocumentLinker } from '../http/index.js';
import { OWS_ERRORS_IF_PREFERRED } from '../request-context.js';

const DOCUMENT = '/wmts/1.0.0/WMTSCapabilities.xml';

/** Other URLs at which clients look for the RESTful document. */
@Controller()
export class WmtsRedirectsController {
  constructor(private readonly linker: DocumentLinker) {}

  /** The query stays, and with it a key; a key in the path is part of the base URL. */
  @Get(['WMTSCapabilities.xml', '1.0.0/WMTSCapabilities.xml', 'wmts/WMTSCapabilities.xml', 'wmts/1.0.0'])
  @RouteConfig(OWS_ERRORS_IF_PREFERRED)
  document(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const [, query] = /\?(.*)$/s.exec(request.url) ?? [];
    const { base } = this.linker.linksFor(request);
    reply
      .header('cache-control', 'no-store')
      .redirect(`${base}${DOCUMENT}${query === undefined ? '' : `?${query}`}`, 308);
  }
}

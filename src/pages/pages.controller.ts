import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Catalog } from '../catalog/index.js';
import { opensLayer } from '../common/access.js';
import { CONFIG, type Config } from '../config/index.js';
import { documentLinks, linkTo } from '../http/index.js';
import { TileService } from '../tiles/index.js';
import { indexPage } from './index-page.js';

@Controller()
export class PagesController {
  constructor(
    private readonly catalog: Catalog,
    private readonly tiles: TileService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** `/`: what is here, with addresses to copy. */
  @Get()
  index(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const links = documentLinks(request, this.config);
    const { reason, action } = this.tiles.availability();
    const page = indexPage({
      link: (path) => linkTo(links, path),
      wmtsKvp: `${links.base}/wmts?${links.query && `${links.query}&`}`,
      layers: this.catalog.layers.filter(({ identifier }) =>
        opensLayer(request.access ?? undefined, identifier),
      ),
      coverage: this.tiles.coverage(),
      reason,
      action,
    });
    void reply
      .header('cache-control', 'no-store')
      .header(
        'content-security-policy',
        `default-src 'none'; style-src 'unsafe-inline'; img-src ${new URL(links.base).origin}; base-uri 'none'; form-action 'none'`,
      )
      // The address may hold the key.
      .header('referrer-policy', 'no-referrer')
      .header('x-content-type-options', 'nosniff')
      .header('content-type', 'text/html; charset=utf-8')
      .send(page);
  }
}

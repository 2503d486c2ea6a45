import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Catalog } from '../catalog/index.js';
import { grantedLayers } from '../access/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { documentLinks, linkTo } from '../http/index.js';
import { TileService } from '../tiles/index.js';
import { indexPage, STYLE_HASH } from './index-page.js';

@Controller()
export class PagesController {
  private readonly policy: string;

  constructor(
    private readonly catalog: Catalog,
    private readonly tiles: TileService,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.policy = policyOf(config);
  }

  /** `/`: what is here, with addresses to copy. */
  @Get()
  index(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const links = documentLinks(request, this.config);
    const { reason, action } = this.tiles.availability();
    const page = indexPage({
      link: (path) => linkTo(links, path),
      wmtsKvp: `${links.base}/wmts?${links.query && `${links.query}&`}`,
      layers: grantedLayers(request.access, this.catalog.layers),
      zoomAvailability: this.tiles.zoomAvailability(),
      zoomLimit: request.access?.scope.maxZoom,
      reason,
      action,
    });
    void reply
      .header('cache-control', 'no-store')
      .header('content-security-policy', this.policy)
      .header('content-type', 'text/html; charset=utf-8')
      .send(page);
  }
}

/** Tiles come from the page's own origin, which has no other name when it is an IPv6 address, or from where that redirects. */
function policyOf({ publicUrl, anonymousMode, stravaAnonymousTilesUrl }: Config): string {
  const elsewhere = [
    ...(publicUrl === undefined ? [] : [publicUrl]),
    ...(anonymousMode === 'redirect' ? stravaAnonymousTilesUrl : []),
  ].map((url) => new URL(url).origin);
  const tiles = ["'self'", ...new Set(elsewhere)].join(' ');
  return `default-src 'none'; style-src '${STYLE_HASH}'; img-src ${tiles}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
}

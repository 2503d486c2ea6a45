/** The documents that the soak requests, and how each is checked. */
import { hash } from 'node:crypto';
import type { KeyForm } from '../../support/http/api-key.js';
import { json, xmlProblem } from '../../support/http/well-formed.js';

export interface SoakDocument {
  readonly name: string;
  readonly path: string;
  readonly contentType: string;
  /** Key forms that the URLs in the document repeat, so that a client continues to send its key. */
  readonly repeats: readonly KeyForm[];
  /** Why `text` is not the document; undefined when it is. */
  problem(text: string): string | undefined;
}

/** Digests of valid documents: the same ones come again and again, and parsing is slow. */
const valid = new Set<string>();

const QUERY_AND_PATH: readonly KeyForm[] = ['query', 'path'];
/** TMS clients append to these URLs, which a query would prevent. */
const PATH_ONLY: readonly KeyForm[] = ['path'];

const xml = (name: string, path: string, root: string, repeats: readonly KeyForm[]): SoakDocument => ({
  name,
  path,
  contentType: 'application/xml',
  repeats,
  problem(text) {
    const digest = hash('sha1', text);
    if (valid.has(digest)) return undefined;
    const problem = xmlProblem(text, root);
    if (problem === undefined) valid.add(digest);
    return problem;
  },
});

const tileJson = (path: string, maxzoom: number): SoakDocument => ({
  name: 'TileJSON',
  path,
  contentType: 'application/json',
  repeats: QUERY_AND_PATH,
  problem(text) {
    const document = json(text) as { tilejson?: string; tiles?: string[]; maxzoom?: number } | undefined;
    if (document?.tilejson !== '3.0.0') return 'is not TileJSON 3.0.0';
    if (document.maxzoom !== maxzoom) return `has the maxzoom ${document.maxzoom} instead of ${maxzoom}`;
    return URL.canParse(document.tiles?.[0] ?? '') ? undefined : 'has no tile URL';
  },
});

export const DOCUMENTS: readonly SoakDocument[] = [
  xml('capabilities (KVP)', '/wmts?SERVICE=WMTS&REQUEST=GetCapabilities', 'Capabilities', QUERY_AND_PATH),
  xml('capabilities (RESTful)', '/wmts/1.0.0/WMTSCapabilities.xml', 'Capabilities', QUERY_AND_PATH),
  xml('capabilities (RESTful)', '/wmts/1.0.0/all-hot/WMTSCapabilities.xml', 'Capabilities', QUERY_AND_PATH),
  tileJson('/tilejson/ride/blue.json', 16),
  tileJson('/tilejson/all/hot@2x.json', 15),
  xml('TMS documents', '/tms/1.0.0', 'TileMapService', PATH_ONLY),
  xml('TMS documents', '/tms/1.0.0/all-hot', 'TileMap', PATH_ONLY),
  xml('TMS documents', '/tms/1.0.0/ride-gray@2x/tilemapresource.xml', 'TileMap', PATH_ONLY),
  {
    name: '/',
    path: '/',
    contentType: 'text/html; charset=utf-8',
    repeats: QUERY_AND_PATH,
    problem: (text) =>
      /^<!doctype html>[\s\S]*<\/html>\s*$/i.test(text) ? undefined : 'is not a complete HTML page',
  },
];

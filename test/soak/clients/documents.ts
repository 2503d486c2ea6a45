/** The documents that are asked for, and what makes each a whole one. */
import { hash } from 'node:crypto';
import type { KeyForm } from './keys.js';
import { json, xmlProblem } from '../checks/well-formed.js';

export interface SoakDocument {
  readonly name: string;
  readonly path: string;
  readonly contentType: string;
  /** Forms of a key that the document repeats, so that a client keeps it. */
  readonly repeats: readonly KeyForm[];
  /** Why `text` is not the document; undefined when it is. */
  problem(text: string): string | undefined;
}

/** Digests of documents that were parsed: the same ones come again and again, and parsing takes a while. */
const sound = new Set<string>();

const EVERYWHERE: readonly KeyForm[] = ['query', 'path'];
/** Clients append to the addresses of TMS, so a query would be in their way. */
const IN_PATHS: readonly KeyForm[] = ['path'];

const xml = (name: string, path: string, root: string, repeats: readonly KeyForm[]): SoakDocument => ({
  name,
  path,
  contentType: 'application/xml',
  repeats,
  problem(text) {
    const digest = hash('sha1', text);
    if (sound.has(digest)) return undefined;
    const problem = xmlProblem(text, root);
    if (problem === undefined) sound.add(digest);
    return problem;
  },
});

const tileJson = (path: string, maxzoom: number): SoakDocument => ({
  name: 'TileJSON',
  path,
  contentType: 'application/json',
  repeats: EVERYWHERE,
  problem(text) {
    const document = json(text) as { tilejson?: string; tiles?: string[]; maxzoom?: number } | undefined;
    if (document?.tilejson !== '3.0.0') return 'is no TileJSON 3.0.0';
    if (document.maxzoom !== maxzoom) return `ends at level ${document.maxzoom} instead of ${maxzoom}`;
    return URL.canParse(document.tiles?.[0] ?? '') ? undefined : 'has no address of tiles';
  },
});

export const DOCUMENTS: readonly SoakDocument[] = [
  xml('capabilities (KVP)', '/wmts?SERVICE=WMTS&REQUEST=GetCapabilities', 'Capabilities', EVERYWHERE),
  xml('capabilities (RESTful)', '/wmts/1.0.0/WMTSCapabilities.xml', 'Capabilities', EVERYWHERE),
  xml('capabilities (RESTful)', '/wmts/1.0.0/all-hot/WMTSCapabilities.xml', 'Capabilities', EVERYWHERE),
  tileJson('/tilejson/ride/blue.json', 16),
  tileJson('/tilejson/all/hot@2x.json', 15),
  xml('TMS documents', '/tms/1.0.0', 'TileMapService', IN_PATHS),
  xml('TMS documents', '/tms/1.0.0/all-hot', 'TileMap', IN_PATHS),
  xml('TMS documents', '/tms/1.0.0/ride-gray@2x/tilemapresource.xml', 'TileMap', IN_PATHS),
  {
    name: '/',
    path: '/',
    contentType: 'text/html; charset=utf-8',
    repeats: EVERYWHERE,
    problem: (text) => (/^<!doctype html>[\s\S]*<\/html>\s*$/i.test(text) ? undefined : 'is no whole page'),
  },
];

/** URLs of the gateway in the pages: each answers with 200 when its placeholders are filled in. */
import type { Code, Link, Page } from './pages.js';

export interface GatewayUrl {
  readonly place: string;
  readonly text: string;
  /** From the base URL; undefined for a path of another kind, whose `reason` says so. */
  readonly path: string | undefined;
  readonly reason?: string;
}

/** Paths that are not requested. */
const OTHER_PATHS: readonly [RegExp, string][] = [
  [/\/:[a-zA-Z]/, 'route pattern; test/gateway/routes.spec.ts compares it with the code'],
  [/^\/(?:dev|data|etc|opt|var)\b/, 'file of the machine'],
  [/^\/(?:maps|onboarding)\b/, 'page of Strava'],
  [/^\/(?:64|path\/?)$|^\/\/host\//, 'no URL'],
  [/^\/admin$/, 'group of routes'],
  [/^\/(?:anon|anon\/globalheat|global|identified|tiles|tiles-auth)$/, 'beginning of a path'],
  [/^\/k\/\{key\}$/, 'beginning of a path'],
];

const PLACEHOLDERS: readonly [RegExp, string][] = [
  [/\[[^\]]*\]/g, ''],
  [/\{[Ll]ayer\}/g, 'all-hot'],
  [/\{Style\}/g, 'default'],
  [/\{TileMatrixSet\}/g, 'GoogleMapsCompatible'],
  [/\{TileMatrix\}|\{z\}|\{zoom\}|\{0\}/gi, '3'],
  [/\{TileRow\}|\{y\}|\{2\}/gi, '2'],
  [/\{TileCol\}|\{x\}|\{1\}/gi, '4'],
  [/\{-y\}/g, '5'],
  [/\{sport\}/g, 'all'],
  [/\{colou?r\}/g, 'hot'],
  [/\/k\/(?:\{key\}|abc123)(?=\/)/g, '/k/key-of-the-docs'],
  [/=(?:\$KEY|\{key\}|KEY)\b/g, '=key-of-the-docs'],
  [/^(\/k\/[^/]+\/)\.\.\.$/g, '$1health'],
  [/\?SERVICE=WMTS(?:\.\.\.)?$/g, '?SERVICE=WMTS&REQUEST=GetCapabilities'],
  [/^(\/(?:tiles|tiles-auth|anon\/globalheat|identified\/globalheat)\/)\.\.\.$/g, '$1all/hot/3/4/2.png'],
  [/^(\/global\/)\.\.\.$/g, '$1hot/all/3/4/2.png'],
  [/^\/all\/hot\/\.\.\.$/g, '/all/hot/3/4/2.png'],
];

const BASES =
  /^(?:tms\[\d+,\d+\]:)?(?:(?:GET|PUT) (?=\/)|BASE(?=[/?]|$)|https?:\/\/(?:127\.0\.0\.1:8080|tiles\.example\.org)(?=[/?]|$)|(?=\/))/;

export function gatewayUrls({ codes, links }: Page): GatewayUrl[] {
  const found = [
    ...codes.filter(({ language }) => language === 'inline' || language === '').flatMap(urlsIn),
    ...links.flatMap(({ place, url }: Link) =>
      url.startsWith('http://127.0.0.1:') ? [{ place, text: url }] : [],
    ),
  ];
  return found.map(({ place, text }) => ({ place, text, ...target(text) }));
}

/** A block without a language that consists of URLs, one a line. */
export const isUrls = (code: Code) =>
  code.language === '' && urlsIn(code).length === code.text.split('\n').length;

function urlsIn({ place, text }: Code): { place: string; text: string }[] {
  return text
    .split('\n')
    .filter((line) => BASES.test(line) && !/\s/.test(line.replace(/^(?:GET|PUT) /, '')))
    .map((line) => ({ place, text: line }));
}

function target(text: string): { path: string | undefined; reason?: string } {
  if (/^http:\/\/127\.0\.0\.1:(?!8080)/.test(text))
    return {
      path: undefined,
      reason: 'of the compose example; test/monitoring/compose.spec.ts checks its ports',
    };
  const path = text.replace(BASES, '') || '/';
  const other = OTHER_PATHS.find(([pattern]) => pattern.test(path));
  if (other !== undefined) return { path: undefined, reason: other[1] };
  return { path: PLACEHOLDERS.reduce((filled, [pattern, value]) => filled.replaceAll(pattern, value), path) };
}

/**
 * The ServiceMetadata document of WMTS 1.0.0 (07-057r7, 7.1.1). Pure. It uses the subset that all clients accept: one style
 * per layer, one `ows:Get` (KVP) per operation, RESTful through ResourceURL only, 256 px first. See docs/adr.
 */
import { create } from 'xmlbuilder2';
import type { XMLBuilder } from 'xmlbuilder2/lib/interfaces.js';
import {
  ATTRIBUTION,
  FORMAT,
  MAX_LATITUDE,
  MERCATOR_EXTENT,
  STYLE,
  SUPPORTED_CRS,
  TILE_MATRIX_SETS,
  TOP_LEFT_CORNER,
  maxZoom,
  tileMatrices,
  type ZoomAvailability,
  type Layer,
  type TileMatrixSet,
} from '../catalog/index.js';
import { XML, xmlText } from '../common/text/xml.js';
import { elements, SLOT } from './fragments.js';

export const SECTIONS = [
  'ServiceIdentification',
  'ServiceProvider',
  'OperationsMetadata',
  'Contents',
] as const;
export type Section = (typeof SECTIONS)[number];

export interface ServiceMetadataOptions {
  /** Absolute URL of the gateway without a trailing slash; includes the API key if the client sends it in the path. */
  readonly base: string;
  /** `key=...` or empty. */
  readonly query: string;
  readonly layers: readonly Layer[];
  readonly zoomAvailability: ZoomAvailability;
  /** Max zoom allowed by the API key, if restricted. */
  readonly zoomLimit?: number | undefined;
  /** For clients that list a layer once per set; without it, all sets. */
  readonly tileMatrixSets?: readonly TileMatrixSet[] | undefined;
  /** The requested sections, or `All`. Only `All` includes the ServiceMetadataURL. */
  readonly sections: ReadonlySet<Section> | 'All';
  /** An integer that increases when the document changes. */
  readonly updateSequence: string;
}

const NAMESPACES = {
  xmlns: 'http://www.opengis.net/wmts/1.0',
  'xmlns:ows': 'http://www.opengis.net/ows/1.1',
  'xmlns:xlink': 'http://www.w3.org/1999/xlink',
  'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
  'xsi:schemaLocation':
    'http://www.opengis.net/wmts/1.0 http://schemas.opengis.net/wmts/1.0/wmtsGetCapabilities_response.xsd',
};

/** The document as text, with an XML declaration for UTF-8. */
export function serviceMetadata(unescaped: ServiceMetadataOptions): string {
  const { sections } = unescaped;
  const options = { ...unescaped, base: xmlText(unescaped.base), query: xmlText(unescaped.query) };
  const root = capabilities(options.updateSequence);
  const includes = (section: Section) => sections === 'All' || sections.has(section);
  if (includes('ServiceIdentification')) serviceIdentification(root);
  if (includes('ServiceProvider')) serviceProvider(root, options);
  if (includes('OperationsMetadata')) operationsMetadata(root, options);
  if (includes('Contents')) root.ele('Contents').txt(SLOT);
  if (sections === 'All')
    root.ele('ServiceMetadataURL', { 'xlink:href': link(options, '/wmts/1.0.0/WMTSCapabilities.xml') });
  const text = root.doc().end();
  return includes('Contents') ? text.replace(SLOT, () => contents(options)) : text;
}

/** The response to a client whose document is up to date: version and updateSequence only (06-121r9, 7.2.4). */
export function unchangedServiceMetadata(updateSequence: string): string {
  return capabilities(updateSequence).doc().end();
}

function capabilities(updateSequence: string): XMLBuilder {
  return create(XML).ele('Capabilities', {
    ...NAMESPACES,
    version: '1.0.0',
    updateSequence,
  });
}

function link({ base, query }: ServiceMetadataOptions, path: string): string {
  return `${base}${path}${query && `?${query}`}`;
}

function serviceIdentification(root: XMLBuilder): void {
  const section = root.ele('ows:ServiceIdentification');
  section.ele('ows:Title').txt('Strava Global Heatmap');
  section
    .ele('ows:Abstract')
    .txt(`The Strava Global Heatmap by sport and colour, served by an unofficial gateway. ${ATTRIBUTION}.`);
  keywords(section, ['heatmap', 'Strava', 'WMTS']);
  section.ele('ows:ServiceType').txt('OGC WMTS');
  section.ele('ows:ServiceTypeVersion').txt('1.0.0');
  section.ele('ows:Fees').txt('none');
  // ArcGIS shows this text as the attribution of the map.
  section
    .ele('ows:AccessConstraints')
    .txt(`${ATTRIBUTION}. For the holder of the Strava account; Strava's terms of service apply.`);
}

function serviceProvider(root: XMLBuilder, { base }: ServiceMetadataOptions): void {
  const section = root.ele('ows:ServiceProvider');
  section.ele('ows:ProviderName').txt('strava-heatmap-gateway');
  section.ele('ows:ProviderSite', { 'xlink:href': `${base}/` });
  section.ele('ows:ServiceContact');
}

function operationsMetadata(root: XMLBuilder, { base, query }: ServiceMetadataOptions): void {
  const section = root.ele('ows:OperationsMetadata');
  // Clients append parameters to this URL as it is, so it must end in "?" or "&".
  const href = `${base}/wmts?${query && `${query}&`}`;
  for (const name of ['GetCapabilities', 'GetTile']) {
    const operation = section.ele('ows:Operation', { name });
    const get = operation.ele('ows:DCP').ele('ows:HTTP').ele('ows:Get', { 'xlink:href': href });
    allowed(get.ele('ows:Constraint', { name: 'GetEncoding' }), 'KVP');
    if (name === 'GetCapabilities')
      allowed(operation.ele('ows:Parameter', { name: 'AcceptFormats' }), 'application/xml');
  }
}

function allowed(domain: XMLBuilder, value: string): void {
  domain.ele('ows:AllowedValues').ele('ows:Value').txt(value);
}

function contents(options: ServiceMetadataOptions): string {
  const { layers, zoomAvailability, zoomLimit, tileMatrixSets: sets = TILE_MATRIX_SETS } = options;
  const identifiers = sets.map(({ identifier }) => identifier).join();
  const layerElements = layers.map((item) => layerElement(item, identifiers, tileTemplate(item, options)));
  const setElements = sets.map((set) =>
    tileMatrixSet(set, String(maxZoom(set.tileSize, zoomAvailability, zoomLimit)), ''),
  );
  return [...layerElements, ...setElements].join('');
}

function tileTemplate({ identifier }: Layer, options: ServiceMetadataOptions): string {
  return link(
    options,
    `/wmts/1.0.0/${identifier}/${STYLE}/{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}.png`,
  );
}

/** The variant is the list of TileMatrixSets. */
const layerElement = elements<Layer>((contents, item, identifiers) => {
  const element = contents.ele('Layer');
  element.ele('ows:Title').txt(xmlText(item.title));
  element.ele('ows:Abstract').txt(xmlText(item.abstract));
  keywords(element, item.keywords);
  corners(element.ele('ows:WGS84BoundingBox'), `-180 -${MAX_LATITUDE}`, `180 ${MAX_LATITUDE}`);
  element.ele('ows:Identifier').txt(item.identifier);
  corners(
    element.ele('ows:BoundingBox', { crs: SUPPORTED_CRS }),
    `-${MERCATOR_EXTENT} -${MERCATOR_EXTENT}`,
    `${MERCATOR_EXTENT} ${MERCATOR_EXTENT}`,
  );
  element.ele('Style', { isDefault: 'true' }).ele('ows:Identifier').txt(STYLE);
  element.ele('Format').txt(FORMAT);
  for (const identifier of identifiers.split(','))
    element.ele('TileMatrixSetLink').ele('TileMatrixSet').txt(identifier);
  element.ele('ResourceURL', { format: FORMAT, resourceType: 'tile', template: SLOT });
});

/** The variant is the last zoom level. */
const tileMatrixSet = elements<TileMatrixSet>((contents, set, topZoom) => {
  const element = contents.ele('TileMatrixSet');
  element.ele('ows:Title').txt(set.title);
  element.ele('ows:Identifier').txt(set.identifier);
  element.ele('ows:SupportedCRS').txt(SUPPORTED_CRS);
  for (const matrix of tileMatrices(set, Number(topZoom))) {
    const tileMatrix = element.ele('TileMatrix');
    tileMatrix.ele('ows:Identifier').txt(matrix.identifier);
    tileMatrix.ele('ScaleDenominator').txt(String(matrix.scaleDenominator));
    tileMatrix.ele('TopLeftCorner').txt(TOP_LEFT_CORNER);
    tileMatrix.ele('TileWidth').txt(String(set.tileSize));
    tileMatrix.ele('TileHeight').txt(String(set.tileSize));
    tileMatrix.ele('MatrixWidth').txt(String(matrix.matrixWidth));
    tileMatrix.ele('MatrixHeight').txt(String(matrix.matrixHeight));
  }
});

function corners(element: XMLBuilder, lower: string, upper: string): void {
  element.ele('ows:LowerCorner').txt(lower);
  element.ele('ows:UpperCorner').txt(upper);
}

function keywords(element: XMLBuilder, words: readonly string[]): void {
  const list = element.ele('ows:Keywords');
  for (const word of words) list.ele('ows:Keyword').txt(xmlText(word));
}

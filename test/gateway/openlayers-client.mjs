// Uses a WMTS as people use OpenLayers, in a node of its own: `node openlayers-client.mjs URL` with a list of
// `{ layer, matrixSet, requestEncoding, z, coordinate }` in JSON at stdin; writes in JSON what OpenLayers makes of it.
import { text } from 'node:stream/consumers';
import { DOMParser, Element, Node } from '@xmldom/xmldom';
import WMTSCapabilities from 'ol/format/WMTSCapabilities.js';
import WMTS, { optionsFromCapabilities } from 'ol/source/WMTS.js';

// What OpenLayers takes for granted in a browser, and xmldom does not have.
globalThis.Node = Node;
const elementFrom = (node) => {
  while (node && node.nodeType !== Node.ELEMENT_NODE) node = node.nextSibling;
  return node;
};
Object.defineProperties(Element.prototype, {
  firstElementChild: {
    get() {
      return elementFrom(this.firstChild);
    },
  },
  nextElementSibling: {
    get() {
      return elementFrom(this.nextSibling);
    },
  },
});

const answer = await fetch(process.argv[2]);
if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
const document = new DOMParser().parseFromString(await answer.text(), 'application/xml');
const capabilities = new WMTSCapabilities().read(document);

const tiles = JSON.parse(await text(process.stdin)).map(({ z, coordinate, ...choice }) => {
  const options = optionsFromCapabilities(capabilities, choice);
  const source = new WMTS(options);
  const tileGrid = source.getTileGrid();
  const tileCoord = tileGrid.getTileCoordForCoordAndZ(coordinate, z);
  return {
    requestEncoding: source.getRequestEncoding(),
    matrixSet: source.getMatrixSet(),
    style: source.getStyle(),
    format: source.getFormat(),
    projection: source.getProjection().getCode(),
    wrapX: options.wrapX,
    levels: tileGrid.getMatrixIds().length,
    tileSize: tileGrid.getTileSize(z),
    extent: tileGrid.getTileCoordExtent(tileCoord),
    tileCoord,
    url: source.tileUrlFunction(tileCoord, 1, source.getProjection()),
  };
});

process.stdout.write(
  JSON.stringify({
    layers: capabilities.Contents.Layer.map((layer) => layer.Identifier),
    styles: capabilities.Contents.Layer.map((layer) => layer.Style),
    tiles,
  }),
);

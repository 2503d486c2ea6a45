/** ArcGIS: the URL of the WMTS service. Pure. */
import type { Client } from '../client.js';

export const arcGis: Client = {
  id: 'arcgis',
  title: 'ArcGIS',
  tileSize: 256,
  // The JavaScript SDK drops the query of the URL.
  keyForm: { parameter: undefined },
  template: ({ wmts }) => wmts,
  steps: ({ layer }) => [
    'ArcGIS Pro: choose "Insert" > "Connections" > "Server" > "New WMTS Server" and paste the URL.',
    `Expand the connection in the Catalog pane and add the layer "${layer.title}".`,
    `Maps SDK for JavaScript: new WMTSLayer({ url, activeLayer: { id: "${layer.identifier}" } }); the gateway must allow the origin of the page: CORS_ORIGINS.`,
  ],
};

/** Web sites with an input field for a tile URL. Pure. */
import type { Client } from '../client.js';
import { xyzTemplate } from '../tile-source.js';

const LOCAL_NETWORK = 'If the browser asks, allow the page to access devices on the local network.';
const allowOrigin = (origins: string) => `The gateway must allow the origin: CORS_ORIGINS=${origins}.`;

export const calTopo: Client = {
  id: 'caltopo',
  title: 'CalTopo',
  tileSize: 256,
  template: ({ template }) => template('{Z}', '{X}', '{Y}'),
  steps: ({ maxZoom }) => [
    'Choose "Add" > "Custom Source", type "Tile", and paste the template.',
    `Set "Max Zoom" to ${maxZoom} and "Overlay" to "Yes - Transparent".`,
    LOCAL_NETWORK,
  ],
};

export const gaiaGps: Client = {
  id: 'gaia',
  title: 'Gaia GPS',
  tileSize: 256,
  template: xyzTemplate,
  steps: ({ maxZoom }) => [
    'On gaiagps.com, choose "Layers" > "Add Map Layers" > "Import Custom Layer" and paste the template.',
    `Set the zoom levels to 0 to ${maxZoom}.`,
    'The phone must reach the gateway, so use its LAN or public URL.',
  ],
};

export const gpxStudio: Client = {
  id: 'gpxstudio',
  title: 'gpx.studio',
  tileSize: 256,
  template: xyzTemplate,
  steps: ({ maxZoom }) => [
    `In the layer settings, choose "Custom layers", type "Overlay", paste the template and set the maximum zoom to ${maxZoom}.`,
    allowOrigin('https://gpx.studio'),
    LOCAL_NETWORK,
  ],
};

export const bRouter: Client = {
  id: 'brouter',
  title: 'BRouter-Web and bikerouter.de',
  tileSize: 256,
  template: xyzTemplate,
  steps: () => [
    'Open the layers panel, choose "Custom layers", enter a name and the template, and choose "Add overlay".',
    LOCAL_NETWORK,
  ],
};

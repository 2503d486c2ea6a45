/** Web sites with an input field for a tile URL. Pure. */
import type { Client } from '../client.js';
import { localNetworkSteps } from '../local-network.js';
import { xyzTemplate } from '../tile-source.js';

const allowOrigin = (origins: string) => `The gateway must allow the origin: CORS_ORIGINS=${origins}.`;

export const calTopo: Client = {
  id: 'caltopo',
  title: 'CalTopo',
  tileSize: 256,
  template: ({ template }) => template('{Z}', '{X}', '{Y}'),
  steps: (source) => [
    'Choose "Add" > "Custom Source", type "Tile", and paste the template.',
    `Set "Max Zoom" to ${source.maxZoom} and "Overlay" to "Yes - Transparent".`,
    ...localNetworkSteps(source),
  ],
};

export const gaiaGps: Client = {
  id: 'gaia',
  title: 'Gaia GPS',
  tileSize: 256,
  template: xyzTemplate,
  steps: (source) => [
    'On gaiagps.com, choose "Layers" > "Add Map Layers" > "Import Custom Layer" and paste the template.',
    `Set the zoom levels to 0 to ${source.maxZoom}.`,
    'The phone must reach the gateway, so use its LAN or public URL.',
    ...localNetworkSteps(source),
  ],
};

export const gpxStudio: Client = {
  id: 'gpxstudio',
  title: 'gpx.studio',
  tileSize: 256,
  template: xyzTemplate,
  steps: (source) => [
    `In the layer settings, choose "Custom layers", type "Overlay", paste the template and set the maximum zoom to ${source.maxZoom}.`,
    allowOrigin('https://gpx.studio'),
    ...localNetworkSteps(source),
  ],
};

export const bRouter: Client = {
  id: 'brouter',
  title: 'BRouter-Web and bikerouter.de',
  tileSize: 256,
  template: xyzTemplate,
  steps: (source) => [
    'Open the layers panel, choose "Custom layers", enter a name and the template, and choose "Add overlay".',
    ...localNetworkSteps(source),
  ],
};

/** JOSM and iD, the editors of OpenStreetMap. Pure. */
import type { Client } from '../client.js';
import { localNetworkSteps } from '../local-network.js';
import { xyzTemplate } from '../tile-source.js';

export const josm: Client = {
  id: 'josm',
  title: 'JOSM',
  tileSize: 256,
  // JOSM reads the parameters in any order; its documentation has `url` last.
  link: ({ title, maxZoom, template }) =>
    `http://127.0.0.1:8111/imagery?title=${encodeURIComponent(title)}&type=tms&max_zoom=${maxZoom}&url=${encodeURIComponent(
      template('{zoom}', '{x}', '{y}'),
    )}`,
  template: ({ maxZoom, template }) => `tms[0,${maxZoom}]:${template('{zoom}', '{x}', '{y}')}`,
  steps: () => [
    'Start JOSM with "Remote Control" enabled in its preferences.',
    'Open the link on the computer that runs JOSM; it adds the layer.',
    'Without remote control: "Imagery" > "Imagery preferences" > "+TMS", and paste the template.',
  ],
};

export const iD: Client = {
  id: 'id',
  title: 'iD',
  tileSize: 256,
  // iD writes the URL of a custom background into a public tag of the changeset, and hides the value of this parameter.
  keyForm: { parameter: 'access_token' },
  link: (source) =>
    `https://www.openstreetmap.org/edit#background=custom:${encodeURIComponent(xyzTemplate(source))}`,
  template: xyzTemplate,
  steps: (source) => [
    'Open the link, or open "Background settings" (key B), choose "Custom" and paste the template.',
    'The gateway must allow the origin: CORS_ORIGINS=https://www.openstreetmap.org.',
    ...localNetworkSteps(source),
  ],
};

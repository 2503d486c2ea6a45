/** Cartograph Maps: a JSON file of online maps. Pure. */
import type { Client } from '../client.js';
import { ATTRIBUTION } from '../../catalog/index.js';
import { xyzTemplate } from '../tile-source.js';

const FOLDER = 'strava-heatmap';

export const cartograph: Client = {
  id: 'cartograph',
  title: 'Cartograph Maps',
  tileSize: 256,
  file: {
    extension: 'onlinemap',
    mediaType: 'application/json',
    layers: 'several',
    content: ({ sources }) =>
      JSON.stringify(
        {
          version: 3,
          folders: [
            {
              name: { default: 'Strava Heatmap' },
              description: { default: 'Strava Global Heatmap' },
              folder_key: FOLDER,
              key: FOLDER,
            },
          ],
          maps: sources.map((source) => ({
            name: { default: source.title },
            description: { default: source.layer.abstract },
            type: 'onlinemap',
            url: xyzTemplate(source),
            attribution: ATTRIBUTION,
            defaultLatitude: 30,
            defaultLongitude: 0,
            defaultZoom: 2,
            minZoom: 0,
            maxZoom: source.maxZoom,
            projection: 'EPSG_4326',
            headers: [],
            unique_id: `${FOLDER}-${source.layer.identifier}`,
            folder_key: FOLDER,
          })),
        },
        null,
        2,
      ),
  },
  steps: () => [
    'Open the file on the phone with Cartograph Maps.',
    'Choose the map in the folder "Strava Heatmap".',
  ],
};

/** Guru Maps: a map source file. Pure. */
import type { Client } from '../client.js';
import { element, xmlDocument, xmlRoot } from '../preset-text.js';

export const guruMaps: Client = {
  id: 'guru',
  title: 'Guru Maps',
  // Guru Maps draws an image of any size on the area of the tile.
  tileSize: 512,
  file: {
    extension: 'ms',
    mediaType: 'application/xml',
    layers: 'one',
    content: ({ sources }) => {
      const { title, maxZoom, template } = sources[0]!;
      const root = xmlRoot('customMapSource', { overlay: 'true', overzoom: 'true' });
      element(root, 'name', {}, title);
      element(root, 'minZoom', {}, '0');
      element(root, 'maxZoom', {}, String(maxZoom));
      element(root, 'url', {}, template('{$z}', '{$x}', '{$y}'));
      return xmlDocument(root);
    },
  },
  steps: () => [
    'Open the file on the phone with Guru Maps.',
    'Choose the map under "Map source" > "Overlays".',
  ],
};

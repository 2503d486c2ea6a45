/** SAS.Planet: a ZIP file with the folder of a map (`.zmp`). Pure. */
import { strToU8, zipSync } from 'fflate';
import type { Client } from '../client.js';
import { oneLine, uuid } from '../preset-text.js';
import { ATTRIBUTION } from '../../catalog/index.js';
import { xyzTemplate } from '../tile-source.js';

/** The earliest time of the format; a constant one gives equal bytes, so equal ETags. */
const MTIME = new Date(1980, 0, 1);

export const sasPlanet: Client = {
  id: 'sasplanet',
  title: 'SAS.Planet',
  tileSize: 256,
  file: {
    extension: 'zip',
    mediaType: 'application/zip',
    layers: 'one',
    content: ({ sources }) => {
      const source = sources[0]!;
      const name = `strava-heatmap-${source.layer.identifier}`;
      const parameters = Object.entries({
        GUID: `{${uuid(source.layer.identifier).toUpperCase()}}`,
        ParentSubMenu: 'Strava Heatmap',
        name: oneLine(source.title),
        NameInCache: name,
        asLayer: 1,
        EPSG: 3785,
        DefURLBase: oneLine(xyzTemplate(source)),
        Ext: '.png',
        ContentType: 'image/png',
        License: ATTRIBUTION,
      }).map(([key, value]) => `${key}=${value}`);
      const text = ['[PARAMS]', ...parameters, ''].join('\r\n');
      return Buffer.from(zipSync({ [`${name}.zmp/params.txt`]: strToU8(text) }, { mtime: MTIME }));
    },
  },
  steps: () => [
    'Unpack the file into the folder "Maps" of SAS.Planet.',
    'Restart SAS.Planet and choose the layer under "Layers" > "Strava Heatmap".',
  ],
};

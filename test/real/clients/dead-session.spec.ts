/** What GIS programs make of a tile that needs a rejected session: the 503, and the notice of SESSION_EXPIRED_TILE. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { sessionExpiredPng } from '../../../src/tiles/index.js';
import { tileWithHeat } from '../../simulator/find-tile.js';
import type { RunningGateway } from '../../support/gateway.js';
import { describeWith } from '../../support/programs/describe-with.js';
import { inNewFolder, runProgram } from '../../support/programs/run-program.js';
import { extentOf } from '../../support/tiles/web-mercator.js';
import { withSimulator } from '../../support/with-gateway.js';
import { gdalPicture } from './gdal.js';
import { decode, difference, isTransparent, premultiplied, type Picture } from './pixels.js';

const PYTHON = '/usr/bin/python3';
const QGIS = fileURLToPath(new URL('qgis-client.py', import.meta.url));
const tile = tileWithHeat(15);

const setup = withSimulator({ per: 'suite' });

async function preset(gateway: RunningGateway, path: string): Promise<string> {
  // The zoom levels of the presets end at 12 without a session, so the preset is the one of an earlier session.
  const text = await (await fetch(`${gateway.url}${path}`)).text();
  return text.replace(/zmax=("?)12\b/g, 'zmax=$116').replace('<TileLevel>11<', '<TileLevel>15<');
}

async function qgisPicture(gateway: RunningGateway): Promise<Picture> {
  const text = await preset(gateway, '/presets/qgis/all-hot.qlr');
  return inNewFolder(async (folder) => {
    const file = join(folder, 'preset.qlr');
    await writeFile(file, text);
    const { west, south, east, north } = extentOf(tile);
    const stdin = JSON.stringify({ kind: 'qlr', file, extent: [west, south, east, north], size: 256 });
    const { stdout, stderr, status } = await runProgram(PYTHON, [QGIS], folder, { stdin });
    if (status !== 0) throw new Error(`qgis: ${stderr}`);
    return decode(Buffer.from((JSON.parse(stdout) as { picture: string }).picture, 'base64'));
  });
}

describe.each(['false', 'true'])('with SESSION_EXPIRED_TILE=%s', (setting) => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await setup.start({
      cookies: [{ name: '_strava4_session', value: 'gone' }],
      env: { SESSION_EXPIRED_TILE: setting },
    });
  });

  describeWith([PYTHON, '-c', 'import qgis.gui'], 'QGIS', () => {
    it(setting === 'true' ? 'draws the notice' : 'draws nothing', async () => {
      const found = await qgisPicture(gateway);
      if (setting === 'false') expect(isTransparent(found)).toBe(true);
      else
        expect(
          difference(premultiplied(found), premultiplied(decode(sessionExpiredPng(256))), 1),
        ).toBeUndefined();
    });
  });

  describeWith(['gdalinfo', '--version'], 'GDAL', () => {
    it('reports the status and has no picture', async () => {
      const description = await preset(gateway, '/presets/gdal/all-hot.xml');
      await expect(gdalPicture({ description }, {}, extentOf(tile))).rejects.toThrow('HTTP status code: 503');
    });
  });
});

/** The clients in the order of the index. A client with two files has two rows with the same id. */
import type { Client } from './client.js';
import { arcGis } from './clients/arcgis.js';
import { alpineQuest, locus, oruxMaps, osmAnd } from './clients/android.js';
import { cartograph } from './clients/cartograph.js';
import { gdal } from './clients/gdal.js';
import { guruMaps } from './clients/guru-maps.js';
import { leaflet, mapLibre, openLayers, xyzServices } from './clients/libraries.js';
import { mapProxy } from './clients/mapproxy.js';
import { iD, josm } from './clients/osm-editors.js';
import { qgisLayer, qgisWmts, qgisXyz } from './clients/qgis.js';
import { qMapShackTms, qMapShackWmts } from './clients/qmapshack.js';
import { sasPlanet } from './clients/sas-planet.js';
import { bRouter, calTopo, gaiaGps, gpxStudio } from './clients/web-maps.js';

export const CLIENTS: readonly Client[] = [
  qgisXyz,
  qgisWmts,
  qgisLayer,
  arcGis,
  josm,
  iD,
  qMapShackTms,
  qMapShackWmts,
  osmAnd,
  locus,
  guruMaps,
  oruxMaps,
  alpineQuest,
  cartograph,
  sasPlanet,
  calTopo,
  gaiaGps,
  gpxStudio,
  bRouter,
  leaflet,
  mapLibre,
  openLayers,
  mapProxy,
  gdal,
  xyzServices,
];

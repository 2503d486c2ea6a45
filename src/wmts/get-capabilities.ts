/** Parameters of GetCapabilities (07-057r7, 7.1.2). Pure. */
import { SECTIONS, type Section } from '../capabilities/index.js';
import { TILE_MATRIX_SETS, type Catalog, type Layer, type TileMatrixSet } from '../catalog/index.js';
import { quoted } from '../common/text/quoted.js';
import { HttpProblem } from '../http/index.js';
import { invalid, missing, type Kvp } from './kvp.js';

/** Throws VersionNegotiationFailed if AcceptVersions does not contain 1.0.0. */
export function negotiateVersion(kvp: Kvp): void {
  const versions = kvp.list('AcceptVersions');
  if (versions && !versions.includes('1.0.0'))
    throw new HttpProblem(400, 'AcceptVersions has no supported version; use 1.0.0.', {
      exceptionCode: 'VersionNegotiationFailed',
    });
}

/** An empty parameter is not an absent one (the conformance tests of the OGC). */
export function sectionsOf(kvp: Kvp): ReadonlySet<Section> | 'All' {
  if (!kvp.has('Sections')) return 'All';
  const names = kvp.list('Sections');
  if (!names) throw missing('Sections');
  const sections = new Set<Section>();
  for (const name of names) {
    if (name.toLowerCase() === 'all') return 'All';
    const section = SECTIONS.find((known) => known.toLowerCase() === name.toLowerCase());
    if (!section)
      throw invalid(
        'Sections',
        `Unknown section ${quoted(name)}; expected one of ${SECTIONS.join(', ')}, All.`,
      );
    sections.add(section);
  }
  return sections;
}

/** Whether the client already has the document `current`. Throws InvalidUpdateSequence for a number higher than that. */
export function isUnchanged(kvp: Kvp, current: string): boolean {
  const received = kvp.optional('updateSequence');
  if (received === current) return true;
  if (received !== undefined && /^\d{1,15}$/.test(received) && Number(received) > Number(current))
    throw new HttpProblem(400, `updateSequence ${received} is higher than the current value ${current}.`, {
      exceptionCode: 'InvalidUpdateSequence',
    });
  return false;
}

/**
 * Those of `granted` that the parameters `sports` and `colors` select; without them, all. An error lists what `granted` has, while
 * what only the catalog has selects nothing.
 */
export function chosenLayers(
  kvp: Kvp,
  catalog: Catalog,
  granted: readonly Layer[] = catalog.layers,
): readonly Layer[] {
  const ids = (layers: readonly Layer[], part: 'sport' | 'color') =>
    new Set(layers.map((layer) => layer[part].id));
  const sports = listOf(
    kvp,
    'sports',
    { known: ids(catalog.layers, 'sport'), listed: ids(granted, 'sport') },
    (name) => catalog.sportId(name) ?? name,
  );
  const colors = listOf(kvp, 'colors', {
    known: ids(catalog.layers, 'color'),
    listed: ids(granted, 'color'),
  });
  if (!sports && !colors) return granted;
  return granted.filter(
    ({ sport, color }) => (sports?.has(sport.id) ?? true) && (colors?.has(color.id) ?? true),
  );
}

/**
 * The sets selected by the parameter `tileMatrixSets`; without it, all sets. QGIS and JOSM list a layer once per set, with the
 * same title. The name is not that of GetTile's `TileMatrixSet`, which a client adds to the URL of the document.
 */
export function chosenTileMatrixSets(kvp: Kvp): readonly TileMatrixSet[] {
  const identifiers = new Set(TILE_MATRIX_SETS.map(({ identifier }) => identifier));
  const chosen = listOf(kvp, 'tileMatrixSets', { known: identifiers, listed: identifiers });
  return TILE_MATRIX_SETS.filter(({ identifier }) => chosen?.has(identifier) ?? true);
}

function listOf(
  kvp: Kvp,
  name: string,
  { known, listed }: { readonly known: ReadonlySet<string>; readonly listed: ReadonlySet<string> },
  idOf = (value: string) => value,
): ReadonlySet<string> | undefined {
  const values = kvp.list(name);
  const unknown = values?.find((value) => !known.has(idOf(value)));
  if (unknown !== undefined)
    throw invalid(
      name,
      `Unknown value ${quoted(unknown)} in ${name}; expected one of ${[...listed].join(', ')}.`,
    );
  return values && new Set(values.map(idOf));
}

/** The parameters of GetCapabilities (07-057r7, 7.1.2). Pure. */
import { SECTIONS, type Section } from '../capabilities/index.js';
import type { Catalog, Layer } from '../catalog/index.js';
import { quoted } from '../common/quoted.js';
import { HttpProblem } from '../http/index.js';
import { invalid, type Kvp } from './kvp.js';

/** Throws VersionNegotiationFailed when the client takes versions, but not this one. */
export function negotiateVersion(kvp: Kvp): void {
  const versions = kvp.list('AcceptVersions');
  if (versions && !versions.includes('1.0.0'))
    throw new HttpProblem(400, 'None of the versions accepted is offered; it is 1.0.0.', {
      exceptionCode: 'VersionNegotiationFailed',
    });
}

export function sectionsOf(kvp: Kvp): ReadonlySet<Section> | 'All' {
  const names = kvp.list('Sections');
  if (!names) return 'All';
  const sections = new Set<Section>();
  for (const name of names) {
    if (name.toLowerCase() === 'all') return 'All';
    const section = SECTIONS.find((known) => known.toLowerCase() === name.toLowerCase());
    if (!section)
      throw invalid(
        'Sections',
        `There is no section ${quoted(name)}; there are ${SECTIONS.join(', ')} and All.`,
      );
    sections.add(section);
  }
  return sections;
}

/** Whether the client holds the document of `current` already. Throws InvalidUpdateSequence for a number from the future. */
export function isUnchanged(kvp: Kvp, current: string): boolean {
  const held = kvp.optional('updateSequence');
  if (held === current) return true;
  if (held !== undefined && /^\d{1,15}$/.test(held) && Number(held) > Number(current))
    throw new HttpProblem(400, `The updateSequence is higher than that of this service, ${current}.`, {
      exceptionCode: 'InvalidUpdateSequence',
    });
  return false;
}

/** The layers of the sports and colours named by `sports=` and `colors=`; all of them by default. */
export function chosenLayers(kvp: Kvp, catalog: Catalog): readonly Layer[] {
  const sports = named(kvp, 'sports', new Set(catalog.layers.map((layer) => layer.sport.id)));
  const colors = named(kvp, 'colors', new Set(catalog.layers.map((layer) => layer.color.id)));
  if (!sports && !colors) return catalog.layers;
  return catalog.layers.filter(
    ({ sport, color }) => (sports?.has(sport.id) ?? true) && (colors?.has(color.id) ?? true),
  );
}

function named(kvp: Kvp, name: string, known: ReadonlySet<string>): ReadonlySet<string> | undefined {
  const values = kvp.list(name);
  const stranger = values?.find((value) => !known.has(value));
  if (stranger !== undefined)
    throw invalid(
      name,
      `The parameter ${name} names ${quoted(stranger)}; known are ${[...known].join(', ')}.`,
    );
  return values && new Set(values);
}

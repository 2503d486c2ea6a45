import type { ZoomAvailability } from '../catalog/index.js';
import { VERSION } from '../common/version.js';

/**
 * Number of the document's state: it grows when cookies bring more levels and with each release. Its first digit is 1 or
 * 2, so that tests of the standard can make a lower and a higher number out of it.
 */
export function updateSequence(zoomAvailability: ZoomAvailability): string {
  const [major, minor, patch] = VERSION.split(/[.-]/).map(Number) as [number, number, number];
  return String((zoomAvailability === 'full' ? 2 : 1) * 1e8 + major * 1e6 + minor * 1e3 + patch);
}

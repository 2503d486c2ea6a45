import type { ZoomAvailability } from '../catalog/index.js';
import { VERSION } from '../common/version.js';

/**
 * The updateSequence of the document; it increases when cookies add zoom levels and with each release. Its first digit is 1
 * or 2, because the OGC conformance tests derive a lower and a higher number from it.
 */
export function updateSequence(zoomAvailability: ZoomAvailability): string {
  const [major, minor, patch] = VERSION.split(/[.-]/).map(Number) as [number, number, number];
  return String((zoomAvailability === 'full' ? 2 : 1) * 1e8 + major * 1e6 + minor * 1e3 + patch);
}

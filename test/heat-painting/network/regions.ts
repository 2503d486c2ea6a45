// Heat of whole regions at low zoom levels, where single ways are not visible.
import { chance } from '../hash.js';
import { floor, log2, max, min } from '../math.js';
import type { Pen } from '../picture/pen.js';
import type { Strength } from '../sport-profile.js';
import { activityAt } from '../terrain/activity.js';
import { isLand } from '../terrain/land.js';

/** Width of the whole map in pixels below which regions are drawn; they are brighter on smaller maps. */
const MAX_SCALE = 256 * 2 ** 6;

/** Pixels between patches. */
const STEP = 4;

const SALT = 503;

/** Draws patches of heat over busy regions. */
export function drawRegions(pen: Pen, strength: Strength): void {
  const share = log2(MAX_SCALE / pen.scale) / 6;
  if (share <= 0) return;
  const cells = pen.scale / STEP;
  for (let row = max(0, floor(pen.north * cells)); row < min(cells, pen.south * cells); row++) {
    for (let column = max(0, floor(pen.west * cells)); column < min(cells, pen.east * cells); column++) {
      const [x, y] = [(column + 0.5) / cells, (row + 0.5) / cells];
      if (!isLand(x, y)) continue;
      const dice = 0.2 + 1.2 * chance(SALT, column, row, cells);
      const heat = share * dice * 0.12 * activityAt(x, y) ** 2 * strength('road', SALT);
      pen.patch(x, y, (1.5 * STEP) / pen.scale, heat);
    }
  }
}

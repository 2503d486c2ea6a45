// The words that the tile hosts know. Data only.

const TOP = words('all run ride water winter');
const FOOT = words('Run TrailRun Walk Hike');
const CYCLE = words('Ride MountainBikeRide GravelRide EBikeRide EMountainBikeRide Velomobile');
const WATER = words('Canoeing Kayaking Kitesurf Rowing Sail StandUpPaddling Surfing Swim Windsurf');
const WINTER = words('AlpineSki BackcountrySki IceSkate NordicSki Snowboard Snowshoe');
const OTHER = words(
  'Badminton Golf Handcycle InlineSkate Pickleball RockClimbing RollerSki Skateboard Soccer Tennis Wheelchair',
);
const INDOOR = words('VirtualRide VirtualRow VirtualRun Workout');
const SELDOM = words('Basketball Cricket Dance Padel PhysicalTherapy Volleyball');
const NEVER = words(
  'Elliptical Crossfit Yoga WeightTraining StairStepper Pilates TableTennis Squash Racquetball ' +
    'HighIntensityIntervalTraining',
);

const prefixed = (names: string[]): string[] => names.map((name) => `sport_${name}`);

/** Accepted by the hosts, but no tile of theirs has any heat. */
export const SPORTS_WITHOUT_DATA: ReadonlySet<string> = new Set(prefixed(NEVER));

/** Every `{sport}` that is answered with something other than 400. */
export const KNOWN_SPORTS: ReadonlySet<string> = new Set([
  ...TOP,
  ...prefixed([...FOOT, ...CYCLE, ...WATER, ...WINTER, ...OTHER, ...INDOOR, ...SELDOM, ...NEVER]),
]);

/** Which way of moving a sport belongs to; it decides what kind of line carries its heat. */
export type SportGroup = 'all' | 'foot' | 'cycle' | 'water' | 'winter' | 'other';

const GROUP_OF = new Map<string, SportGroup>([
  ['all', 'all'],
  ...['run', ...prefixed(FOOT)].map((sport) => [sport, 'foot'] as const),
  ...['ride', ...prefixed(CYCLE)].map((sport) => [sport, 'cycle'] as const),
  ...['water', ...prefixed(WATER)].map((sport) => [sport, 'water'] as const),
  ...['winter', ...prefixed(WINTER)].map((sport) => [sport, 'winter'] as const),
]);

/** The group of a known sport; whatever is in no group counts as `other`. */
export function groupOf(sport: string): SportGroup {
  return GROUP_OF.get(sport) ?? 'other';
}

function words(text: string): string[] {
  return text.split(' ');
}

// The sports that the tile hosts know. Data only.

const TOP = words('all run ride water winter');
const FOOT = words('Run TrailRun Walk Hike');
const CYCLE = words('Ride MountainBikeRide GravelRide EBikeRide EMountainBikeRide Velomobile');
const WATER = words('Canoeing Kayaking Kitesurf Rowing Sail StandUpPaddling Surfing Swim Windsurf');
const WINTER = words('AlpineSki BackcountrySki IceSkate NordicSki Snowboard Snowshoe');
const OTHER = words(
  'Badminton Golf Handcycle InlineSkate Pickleball RockClimbing RollerSki Skateboard Soccer Tennis Wheelchair',
);
const INDOOR = words('VirtualRide VirtualRow VirtualRun Workout');
const RARE = words('Basketball Cricket Dance Padel PhysicalTherapy Volleyball');
const NO_DATA = words(
  'Elliptical Crossfit Yoga WeightTraining StairStepper Pilates TableTennis Squash Racquetball ' +
    'HighIntensityIntervalTraining',
);

const prefixed = (names: string[]): string[] => names.map((name) => `sport_${name}`);

/** Sports that the hosts accept and that have no heat anywhere. */
export const SPORTS_WITHOUT_DATA: ReadonlySet<string> = new Set(prefixed(NO_DATA));

/** Every `{sport}` that the hosts accept; any other one gets 400. */
export const KNOWN_SPORTS: ReadonlySet<string> = new Set([
  ...TOP,
  ...prefixed([...FOOT, ...CYCLE, ...WATER, ...WINTER, ...OTHER, ...INDOOR, ...RARE, ...NO_DATA]),
]);

/** Groups of sports that use the same kinds of lines. */
export type SportGroup = 'all' | 'foot' | 'cycle' | 'water' | 'winter' | 'other';

const GROUP_OF = new Map<string, SportGroup>([
  ['all', 'all'],
  ...['run', ...prefixed(FOOT)].map((sport) => [sport, 'foot'] as const),
  ...['ride', ...prefixed(CYCLE)].map((sport) => [sport, 'cycle'] as const),
  ...['water', ...prefixed(WATER)].map((sport) => [sport, 'water'] as const),
  ...['winter', ...prefixed(WINTER)].map((sport) => [sport, 'winter'] as const),
]);

/** The group of a known sport; `other` for a sport without a group. */
export function groupOf(sport: string): SportGroup {
  return GROUP_OF.get(sport) ?? 'other';
}

function words(text: string): string[] {
  return text.split(' ');
}

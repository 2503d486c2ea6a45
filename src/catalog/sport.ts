/** The sports of the heatmap. Strava can add sports at any time, so the setting `SPORTS` accepts additional ids. */

export const SPORT_GROUPS = [
  'top',
  'foot',
  'cycle',
  'water',
  'winter',
  'other',
  'virtual',
  'weak',
  'no-data',
  'added',
] as const;
export type SportGroup = (typeof SPORT_GROUPS)[number];

/** Default of the setting `SPORT_GROUPS`. Without `weak` (little evidence that they have tiles) and `no-data`. */
export const DEFAULT_SPORT_GROUPS: readonly SportGroup[] = [
  'top',
  'foot',
  'cycle',
  'water',
  'winter',
  'other',
  'virtual',
];

export interface Sport {
  /** Path segment in the upstream URL, e.g. `all` or `sport_Ride`. */
  readonly id: string;
  readonly title: string;
  readonly group: SportGroup;
  readonly keywords: readonly string[];
}

/** Syntax of every sport id except the five of the group `top`. */
export const SPORT_ID = /^sport_[A-Za-z]+$/;

const GROUP_KEYWORDS: Record<SportGroup, readonly string[]> = {
  top: [],
  foot: ['foot'],
  cycle: ['cycling'],
  water: ['water sports'],
  winter: ['winter sports'],
  other: [],
  virtual: ['indoor', 'virtual'],
  weak: [],
  'no-data': [],
  added: [],
};

const TOP: readonly Sport[] = [
  { id: 'all', title: 'All Sports', group: 'top', keywords: ['all activities'] },
  { id: 'run', title: 'All Foot Sports', group: 'top', keywords: ['foot', 'running', 'walking', 'hiking'] },
  { id: 'ride', title: 'All Cycle Sports', group: 'top', keywords: ['cycling', 'bicycle'] },
  { id: 'water', title: 'All Water Sports', group: 'top', keywords: ['water sports'] },
  { id: 'winter', title: 'All Winter Sports', group: 'top', keywords: ['winter sports', 'ski'] },
];

const IDS_BY_GROUP: Partial<Record<SportGroup, string>> = {
  foot: 'Run TrailRun Walk Hike',
  cycle: 'Ride MountainBikeRide GravelRide EBikeRide EMountainBikeRide Velomobile',
  water: 'Canoeing Kayaking Kitesurf Rowing Sail StandUpPaddling Surfing Swim Windsurf',
  winter: 'AlpineSki BackcountrySki IceSkate NordicSki Snowboard Snowshoe',
  other:
    'Badminton Golf Handcycle InlineSkate Pickleball RockClimbing RollerSki Skateboard Soccer Tennis Wheelchair',
  virtual: 'VirtualRide VirtualRow VirtualRun Workout',
  weak: 'Basketball Cricket Dance Padel PhysicalTherapy Volleyball',
  'no-data':
    'Elliptical Crossfit Yoga WeightTraining StairStepper Pilates TableTennis Squash Racquetball HighIntensityIntervalTraining',
};

/** `sport_EMountainBikeRide` becomes `E-Mountain Bike Ride`. */
function titleOf(id: string): string {
  return id
    .slice('sport_'.length)
    .replace(/^E(?=(Bike|Mountain))/, 'E-')
    .replace(/([a-z])([A-Z])/g, '$1 $2');
}

function sportOf(id: string, group: SportGroup): Sport {
  const title = titleOf(id);
  return { id, title, group, keywords: [...GROUP_KEYWORDS[group], title.toLowerCase()] };
}

/** Every known sport, in the order of the layers in documents. */
export const SPORTS: readonly Sport[] = [
  ...TOP,
  ...Object.entries(IDS_BY_GROUP).flatMap(([group, ids]) =>
    ids.split(' ').map((id) => sportOf(`sport_${id}`, group as SportGroup)),
  ),
];

const GROUP_NAMES: Readonly<Record<string, string>> = {
  all: 'All',
  run: 'RunLike',
  ride: 'RideLike',
  water: 'WaterLike',
  winter: 'WinterLike',
};

/** The name of a sport in the address of Strava's map, e.g. `Hike` for `sport_Hike` or `RunLike` for `run`. */
export function stravaName(id: string): string {
  return GROUP_NAMES[id] ?? id.slice('sport_'.length);
}

/** Names that Strava used before, with the id of today. */
export const FORMER_NAMES: Readonly<Record<string, string>> = {
  both: 'all',
  running: 'run',
  cycling: 'ride',
};

/** A sport of the setting `SPORTS` that is not in the list above; `id` must match {@link SPORT_ID}. */
export function addedSport(id: string): Sport {
  return sportOf(id, 'added');
}

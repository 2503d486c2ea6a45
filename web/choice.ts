/** The layer and the view of the page, kept in the hash of its URL: `#ride/hot/256/80/11.5/46.80/9.83`. */
export interface Choice {
  readonly sport: string;
  readonly color: string;
  /** Pixels of a tile. */
  readonly size: 256 | 512;
  /** Percent. */
  readonly opacity: number;
  readonly view?: View | undefined;
}

export interface View {
  readonly zoom: number;
  /** Degrees. */
  readonly latitude: number;
  readonly longitude: number;
}

/** The parts of the hash that are valid. */
export function readChoice(hash = location.hash): Partial<Choice> {
  const [sport, color, size, opacity, zoom, latitude, longitude] = hash.replace(/^#/, '').split('/');
  if (!sport || !color) return {};
  const view = { zoom: Number(zoom), latitude: Number(latitude), longitude: Number(longitude) };
  const isView =
    longitude !== undefined &&
    Object.values(view).every(Number.isFinite) &&
    view.zoom >= 0 &&
    view.zoom <= 20 &&
    Math.abs(view.latitude) <= 85 &&
    Math.abs(view.longitude) <= 180;
  return {
    sport,
    color,
    size: size === '512' ? 512 : 256,
    opacity: /^\d{1,3}$/.test(opacity ?? '') ? Math.min(100, Number(opacity)) : 100,
    ...(isView ? { view } : {}),
  };
}

/** Replaces the hash without an entry in the history. */
export function writeChoice({ sport, color, size, opacity, view }: Choice): void {
  const place = view ? [view.zoom.toFixed(1), view.latitude.toFixed(4), view.longitude.toFixed(4)] : [];
  const hash = `#${[sport, color, size, opacity, ...place].join('/')}`;
  if (hash !== location.hash) history.replaceState(null, '', hash);
}

/** Calls `listener` when the user edits the hash or follows a link to another one. */
export function onChoice(listener: (choice: Choice) => void): void {
  addEventListener('hashchange', () => {
    const choice = readChoice();
    if (choice.sport !== undefined) listener(choice as Choice);
  });
}

/** A configured base URL of the upstream, parsed once. */
export interface Host {
  readonly origin: string;
  /** Path prefix without a trailing slash; empty for none. */
  readonly prefix: string;
}

export function hostOf(url: string): Host {
  const { origin, pathname } = new URL(url);
  return { origin, prefix: pathname.replace(/\/$/, '') };
}

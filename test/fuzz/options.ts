import { parseArgs } from 'node:util';

export interface Options {
  /** How many requests are sent at least. */
  readonly requests: number;
  /** The same seed makes the same requests. */
  readonly seed: number;
  /** Sends the volley of this number alone and shows it with its answers, to look into a violation. */
  readonly only: number | undefined;
}

/** Throws in plain words. */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: { requests: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' } },
  });
  const number = (name: keyof typeof values): number | undefined => {
    const text = values[name];
    if (text !== undefined && !/^\d{1,9}$/.test(text))
      throw new Error(`--${name} must be a whole number, not "${text}"`);
    return text === undefined ? undefined : Number(text);
  };
  return {
    requests: number('requests') ?? 200_000,
    seed: number('seed') ?? Math.floor(Math.random() * 1e9),
    only: number('only'),
  };
}

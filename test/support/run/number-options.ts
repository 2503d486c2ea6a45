import { parseArgs } from 'node:util';

/** Command-line options whose values are whole numbers, such as `--seed 7`. Throws for any other argument. */
export function numberOptions<Name extends string>(
  names: readonly Name[],
  args = process.argv.slice(2),
): Partial<Record<Name, number>> {
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  const { values } = parseArgs({ args, options });
  const numbers: Partial<Record<Name, number>> = {};
  for (const name of names) {
    const text = values[name];
    if (text === undefined) continue;
    if (typeof text !== 'string' || !/^\d{1,9}$/.test(text))
      throw new Error(`--${name} is ${JSON.stringify(text)}; give a whole number of at most 9 digits`);
    numbers[name] = Number(text);
  }
  return numbers;
}

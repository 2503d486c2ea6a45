/** The name that was probably meant. Pure. */

/** The nearest of `names` if few characters of it differ from `word`; case, "-", "_" and "." do not count. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const bare = bareOf(word);
  const max = bare.length < 4 ? 0 : bare.length < 8 ? 1 : 2;
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of names) {
    const distance = editDistance(bare, bareOf(name));
    if (distance <= max && distance < (best?.distance ?? Infinity)) best = { name, distance };
  }
  return best?.name;
}

function bareOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/[-_. ]/g, '')
    .slice(0, 60);
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          rows[i - 1]![j]! + 1,
          row[j - 1]! + 1,
          rows[i - 1]![j - 1]! + (isSame ? 0 : 1),
          isSwap ? rows[i - 2]![j - 2]! + 1 : Infinity,
        ),
      );
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}

/** What an expression of PromQL asks for: names of metrics, labels, and the values that labels are compared with. */

export interface Selector {
  readonly metric: string;
  readonly matchers: readonly { readonly label: string; readonly values: readonly string[] }[];
}

export interface Asked {
  readonly selectors: readonly Selector[];
  /** Labels that it groups by or joins on. */
  readonly labels: readonly string[];
}

const WORDS = new Set(['and', 'or', 'unless', 'bool', 'offset', 'inf', 'nan']);
const LABEL_LISTS = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']);
const TOKEN = /"(?:[^"\\]|\\.)*"|\[[^\]]*\]|[A-Za-z_:$][\w:$]*|\d[\w.]*|[<>=!]=|=~|!~|\S/g;

/** Whether the expression is right is for Prometheus to say; this reads those that are. */
export function read(expression: string): Asked {
  const tokens: readonly string[] = expression.match(TOKEN) ?? [];
  const selectors: Selector[] = [];
  const labels: string[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (!/^[A-Za-z_:]/.test(token) || WORDS.has(token)) continue;
    if (LABEL_LISTS.has(token)) {
      const end = tokens[i + 1] === '(' ? tokens.indexOf(')', i) : i;
      labels.push(...tokens.slice(i + 2, end).filter((name) => name !== ','));
      i = end;
    } else if (tokens[i + 1] === '{') {
      const end = tokens.indexOf('}', i);
      selectors.push({ metric: token, matchers: matchersOf(tokens.slice(i + 2, end)) });
      i = end;
      // What is followed by a parenthesis or a list of labels is a function.
    } else if (tokens[i + 1] !== '(' && !LABEL_LISTS.has(tokens[i + 1] ?? '')) {
      selectors.push({ metric: token, matchers: [] });
    }
  }
  return { selectors, labels };
}

function matchersOf(tokens: readonly string[]): Selector['matchers'] {
  const found = [];
  for (let i = 0; i < tokens.length; i += 4) {
    const [label, operator, quoted] = tokens.slice(i, i + 3);
    const text = JSON.parse(quoted!) as string;
    found.push({ label: label!, values: operator!.endsWith('~') ? alternatives(text) : [text] });
  }
  return found;
}

/** `a|b` and `/(a|b)` are plain values; what has more of a pattern in it names none. */
function alternatives(pattern: string): string[] {
  const [, before, inner] = /^([\w/]*)\((.*)\)$/.exec(pattern) ?? [undefined, '', pattern];
  return inner!
    .split('|')
    .map((value) => before! + value)
    .filter((value) => /^[\w/:-]+$/.test(value));
}

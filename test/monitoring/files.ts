/** The files of `helm/strava-heatmap-gateway/files` and the runbooks, as tests read them. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

export const pathOf = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
export const textOf = (path: string): string => readFileSync(pathOf(path), 'utf8');

/** Every source file of the gateway, one after the other. */
export function source(): string {
  return readdirSync(pathOf('src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => textOf(`src/${path}`))
    .join('\n');
}

export const RULES_FILE = 'helm/strava-heatmap-gateway/files/rules.yaml';
export const DASHBOARD_FILE = 'helm/strava-heatmap-gateway/files/dashboards/strava-heatmap-gateway.json';
export const RUNBOOKS = 'docs/runbooks';

export interface Rule {
  readonly expr: string;
  readonly record?: string;
  readonly alert?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export function rules(): Rule[] {
  const { groups } = parse(textOf(RULES_FILE)) as { groups: { rules: Rule[] }[] };
  return groups.flatMap((group) => group.rules);
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly datasource?: { readonly uid: string };
  readonly fieldConfig?: { readonly defaults?: { readonly unit?: string } };
  readonly targets?: readonly { readonly expr: string; readonly datasource?: { readonly uid: string } }[];
  readonly panels?: readonly Panel[];
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

export function dashboard(): Dashboard {
  return JSON.parse(textOf(DASHBOARD_FILE)) as Dashboard;
}

/** Each query of the dashboard with the title of its panel. */
export function queries(): { title: string; expr: string }[] {
  return dashboard().panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({ title, expr })),
  );
}

/** Names and texts of the runbooks. */
export function runbooks(): { name: string; text: string }[] {
  return readdirSync(pathOf(RUNBOOKS))
    .sort()
    .map((name) => ({ name, text: textOf(`${RUNBOOKS}/${name}`) }));
}

/** The blocks of a page that are fenced as `language`. */
export function fenced(text: string, language: string): string[] {
  return [...text.matchAll(/^ *```(\w+)\n([\s\S]*?)^ *```/gm)]
    .filter(([, found]) => found === language)
    .map(([, , block]) => block!.trim());
}

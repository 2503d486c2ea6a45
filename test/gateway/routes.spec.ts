/** The route table, held by a golden file. Renew it: `UPDATE_GOLDEN=1 npm test -- test/gateway/routes`, then `npm run reference`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ModulesContainer } from '@nestjs/core';
import type { Route } from '../../src/http/index.js';
import { startSimulator, type Simulator } from '../simulator/simulator.js';
import { startGateway, type RunningGateway } from '../support/gateway.js';

const GOLDEN = 'test/gateway/routes.md';

let simulator: Simulator;
let running: RunningGateway;

beforeAll(async () => {
  simulator = await startSimulator();
  running = await startGateway(simulator);
});

afterAll(async () => {
  await running.close();
  await simulator.close();
});

/** `Controller.method` by path, from the metadata of Nest's decorators. */
function handlers(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const module of running.gateway.app.get(ModulesContainer).values())
    for (const { metatype } of module.controllers.values()) {
      const { name, prototype } = metatype as { name: string; prototype: Record<string, object> };
      const prefixes = [Reflect.getMetadata('path', metatype as object) as string | string[]].flat();
      for (const method of Object.getOwnPropertyNames(prototype)) {
        if (method === 'constructor') continue;
        const paths = Reflect.getMetadata('path', prototype[method]!) as string | string[] | undefined;
        if (paths === undefined) continue;
        for (const prefix of prefixes)
          for (const path of [paths].flat())
            found.set(
              `/${prefix}/${path}`.replaceAll(/\/+/g, '/').replace(/(.)\/$/, '$1'),
              `${name}.${method}`,
            );
      }
    }
  return found;
}

function rowOf(path: string, routes: readonly Route[], handler: string): string[] {
  const { flags } = routes[0]!;
  return [
    routes.map(({ method }) => method).join(', '),
    `\`${path}\``,
    flags.admin ? 'admin key' : flags.public ? 'none' : 'API key',
    flags.management ? 'management' : 'public',
    { ows: 'OWS', 'ows-if-preferred': 'OWS or JSON', page: 'HTML or JSON', json: 'JSON' }[
      flags.errors ?? 'json'
    ],
    `\`${handler}\``,
  ];
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const [head, ...body] = rows.map(
    (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`,
  );
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return `${[head, rule, ...body].join('\n')}\n`;
}

describe('the routes of the running gateway', () => {
  it('are those of the route table', () => {
    const { routes } = running.gateway;
    const names = handlers();
    const paths = [...new Set(routes.map(({ path }) => path))].sort();
    const rows = paths.map((path) =>
      rowOf(
        path,
        routes.filter((route) => route.path === path),
        names.get(path)!,
      ),
    );
    const text = table([['Method', 'Path', 'Key', 'Port', 'Errors', 'Handler'], ...rows]);
    if (process.env.UPDATE_GOLDEN) writeFileSync(GOLDEN, text);
    expect(text).toBe(readFileSync(GOLDEN, 'utf8'));
  });
});

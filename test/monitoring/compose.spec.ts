/** docker-compose.yaml matches its mounted files and the gateway. The containers are not started. */
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config/index.js';
import { describeWith } from '../support/programs/describe-with.js';
import { pathOf, RULES_FILE, textOf } from './files.js';

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
}

const PROMETHEUS_FILE = 'examples/compose/prometheus.yml';

const { services, volumes } = parse(textOf('docker-compose.yaml')) as {
  services: Readonly<Record<string, Service>>;
  volumes: Readonly<Record<string, null>>;
};
const prometheus = parse(textOf(PROMETHEUS_FILE)) as {
  global: { scrape_interval: string };
  scrape_configs: { static_configs: { targets: string[] }[] }[];
};
const mounts = Object.values(services).flatMap(({ volumes: list = [] }) =>
  list.map((mount) => mount.split(':') as [string, string, string?]),
);

describe('the compose example', () => {
  it('pins every image except that of the gateway, which it builds', () => {
    const { gateway, ...others } = services;
    expect([gateway!.build, gateway!.image]).toEqual(['.', undefined]);
    for (const { image } of Object.values(others)) expect(image).toMatch(/^docker\.io\/.*:v?\d+\.\d+\.\d+/);
  });

  it('mounts existing files read-only, and declared volumes', () => {
    for (const [source, , mode] of mounts) {
      if (source.startsWith('.'))
        expect([source, existsSync(pathOf(source)), mode]).toEqual([source, true, 'ro']);
      else expect(Object.keys(volumes)).toContain(source);
    }
  });

  it('sets valid settings of the gateway', () => {
    const env = { ...services.gateway!.environment, HOST: '0.0.0.0', MANAGEMENT_PORT: '9090' };
    expect(loadConfig({ env })).toMatchObject({ rateLimitPerAddress: 0, managementPort: 9090 });
    expect(() => loadConfig({ env: { ...env, RATE_LIMIT_PER_KEY: 'many' } })).toThrow();
  });

  it('publishes ports on 127.0.0.1 only, and no management port', () => {
    const ports = Object.values(services).flatMap(({ ports: list = [] }) => list);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    expect(services.gateway!.ports).toEqual(['127.0.0.1:8080:8080']);
  });

  it('scrapes the management port of the image at the interval of the Grafana data source', () => {
    expect(prometheus.scrape_configs[0]!.static_configs[0]!.targets).toEqual(['gateway:9090']);
    expect(textOf('Dockerfile')).toContain('MANAGEMENT_PORT=9090');
    const { datasources } = parse(textOf('examples/compose/grafana/datasources.yaml')) as {
      datasources: { url: string; jsonData: { timeInterval: string } }[];
    };
    expect(datasources).toMatchObject([
      { url: 'http://prometheus:9090', jsonData: { timeInterval: prometheus.global.scrape_interval } },
    ]);
  });

  it('mounts the dashboards at the path of the Grafana provider', () => {
    const { providers } = parse(textOf('examples/compose/grafana/dashboards.yaml')) as {
      providers: { options: { path: string } }[];
    };
    const places = new Map(mounts.map(([source, target]) => [target, source]));
    expect(places.get(providers[0]!.options.path)).toBe('./helm/strava-heatmap-gateway/files/dashboards');
  });
});

describeWith(['promtool', '--version'], 'promtool', () => {
  it('accepts the Prometheus configuration with the mounted rules', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'compose-'));
    try {
      for (const path of [PROMETHEUS_FILE, RULES_FILE])
        await copyFile(pathOf(path), join(folder, basename(path)));
      const args = ['check', 'config', join(folder, basename(PROMETHEUS_FILE))];
      const { stdout } = await promisify(execFile)('promtool', args);
      expect(stdout).toContain('1 rule files found');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

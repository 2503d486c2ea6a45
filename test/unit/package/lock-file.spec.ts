import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { minVersion, satisfies } from 'semver';

interface Entry {
  readonly version: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly engines?: { readonly node?: string };
}

const lockFile = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  readonly packages: Readonly<Record<string, Entry>>;
};
const { '': project, ...packages } = lockFile.packages;
const oldestNode = minVersion(project!.engines!.node!)!;

describe('package-lock.json', () => {
  it('holds only packages that accept the oldest Node of "engines", so npm ci prints no engine warning', () => {
    const refused = Object.entries(packages)
      .filter(([, { engines }]) => !satisfies(oldestNode, engines?.node ?? '*'))
      .map(([path, { version, engines }]) => `${path}@${version} needs ${engines!.node!}`);
    expect(refused).toEqual([]);
  });

  it('has an integrity hash for the packages of every platform', () => {
    const unchecked = Object.keys(packages).filter((path) => !packages[path]!.integrity);
    expect(unchecked).toEqual([]);
    for (const platform of ['darwin-arm64', 'win32-x64-msvc', 'linux-arm64-gnu'])
      expect(packages).toHaveProperty([`node_modules/@swc/core-${platform}`]);
  });

  it('holds no download URL, so it works with any registry', () => {
    const bound = Object.keys(packages).filter((path) => packages[path]!.resolved !== undefined);
    expect(bound).toEqual([]);
  });
});

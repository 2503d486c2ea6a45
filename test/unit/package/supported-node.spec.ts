import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'supported-node-'));
  await mkdir(join(folder, 'src'));
  await copyFile('src/supported-node.js', join(folder, 'src/supported-node.js'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs the check in a project with these `engines`. */
async function check(node: string) {
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'the-program', type: 'module', engines: { node } }),
  );
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'src/supported-node.js')], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const [major = 0, minor = 0, patch = 0] = process.versions.node.split('.').map(Number);

describe('the check of the Node version', () => {
  it.each([
    `>=${major}.${minor}.${patch}`,
    `>=${major}.${minor === 0 ? 0 : minor - 1}.0`,
    `>=${major - 1}.100.100`,
    '>=9.11.2',
  ])('accepts a Node that satisfies %s, without a word', async (node) => {
    expect(await check(node)).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it.each([
    [`>=${major}.${minor}.${patch + 1}`, `${major}.${minor}`],
    [`>=${major}.${minor + 1}.0`, `${major}.${minor + 1}`],
    [`>=${major + 1}.0.0`, `${major + 1}.0`],
    ['>=100.2.0', '100.2'],
  ])('refuses a Node that is older than %s with one sentence and exit code 2', async (node, needed) => {
    expect(await check(node)).toEqual({
      status: 2,
      stdout: '',
      stderr:
        `the-program needs Node ${needed} or newer; this is Node ${process.versions.node}. ` +
        'Install the current LTS release from https://nodejs.org.\n',
    });
  });
});

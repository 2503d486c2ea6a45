import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const FOLDER = 'extension';
const manifest = JSON.parse(await readFile(join(FOLDER, 'manifest.json'), 'utf8'));
const entries = await readdir(FOLDER, { recursive: true, withFileTypes: true });
const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
const texts = await Promise.all(
  paths
    .filter((path) => ['.js', '.html', '.css', '.json'].includes(extname(path)))
    .map(async (path) => [path, await readFile(path, 'utf8')] as const),
);
const scripts = texts.filter(([path]) => path.endsWith('.js'));

describe('the manifest', () => {
  it('requests three permissions and the cookies of one site, and nothing optional', () => {
    expect(manifest.permissions).toEqual(['alarms', 'cookies', 'storage']);
    expect(manifest.host_permissions).toEqual(['https://*.strava.com/*']);
    const others = [
      'optional_permissions',
      'optional_host_permissions',
      'content_scripts',
      'web_accessible_resources',
      'externally_connectable',
    ];
    expect(Object.keys(manifest)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(others.join('|'))]),
    );
  });

  it('declares the same background for both browsers', () => {
    const { service_worker, scripts: eventPage, type } = manifest.background;
    expect([eventPage, type]).toEqual([[service_worker], 'module']);
    expect(manifest.manifest_version).toBe(3);
  });

  it('requires browser versions that support this background', () => {
    expect(Number(manifest.minimum_chrome_version)).toBeGreaterThanOrEqual(121);
    const { gecko } = manifest.browser_specific_settings;
    expect(Number.parseFloat(gecko.strict_min_version)).toBeGreaterThanOrEqual(140);
    expect(gecko.id).toMatch(/^[\w.-]+@[\w.-]+$/);
    expect(gecko.data_collection_permissions).toEqual({ required: ['authenticationInfo'] });
  });

  it('has a version that both stores accept', () => {
    expect(manifest.version).toMatch(/^(0|[1-9]\d{0,3})(\.(0|[1-9]\d{0,3})){1,3}$/);
    expect(manifest.description.length).toBeLessThanOrEqual(132);
  });

  it('allows only its own code, and lets Firefox reach a gateway over HTTP', () => {
    const policy = manifest.content_security_policy.extension_pages;
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy).not.toMatch(/unsafe|upgrade-insecure-requests|\*/);
  });

  it('refers to existing files, and to icons of the declared sizes', async () => {
    const { icons, action, background } = manifest;
    for (const path of [action.default_popup, background.service_worker]) {
      expect(paths).toContain(join(FOLDER, path));
    }
    for (const [size, path] of Object.entries({ ...icons, ...action.default_icon })) {
      const png = await readFile(join(FOLDER, path as string));
      expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([Number(size), Number(size)]);
    }
  });
});

describe('the files of the extension', () => {
  it('are plain modules, pages and images', () => {
    expect(new Set(paths.map((path) => extname(path)))).toEqual(
      new Set(['.json', '.js', '.html', '.css', '.png', '.svg']),
    );
  });

  it.each(scripts)('%s evaluates no text as code and logs nothing', (_path, text) => {
    expect(text).not.toMatch(/\beval\b|\bFunction\(|innerHTML|outerHTML|insertAdjacentHTML|document\.write/);
    expect(text).not.toMatch(/\bconsole\b|importScripts|\bimport\(/);
  });

  it.each(scripts)('%s imports only existing files', (path, text) => {
    for (const [, from] of text.matchAll(/from '([^']+)'/g)) {
      expect(from).toMatch(/^\.\.?\//);
      expect(paths).toContain(join(path, '..', from!));
    }
  });

  it.each(texts.filter(([path]) => /\.(html|css)$/.test(path)))(
    '%s has no inline script or style and loads nothing from other origins',
    (_path, text) => {
      expect(text).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:|@import|url\(/i);
      expect(text).not.toMatch(/(src|<link[^>]*href)="(https?:)?\/\//i);
    },
  );

  it('send requests from one module only', () => {
    const senders = scripts.filter(([, text]) => /\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon/.test(text));
    expect(senders.map(([path]) => path)).toEqual([join(FOLDER, 'lib', 'gateway.js')]);
  });
});

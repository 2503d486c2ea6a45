import { describe, expect, it } from '@jest/globals';
import { opensTiles } from '../../../src/strava-cookies/policy-resource.js';

describe('the resource of a policy', () => {
  it.each([
    undefined,
    '*',
    '*://*',
    'http*://*',
    'https://*',
    'https://*/*',
    'http*://*/identified/*',
    'https://*content-*.strava.com/identified/*',
    'https://*content-a.strava.com/*',
    'https://content-?.strava.com/*',
    'https://content-a.strava.com/identified/globalheat/*',
    'https://content-a.strava.com/*.png*',
    'https://content-a.strava.com/*.png?px=256*',
  ])('%s opens the tile host', (resource) => {
    expect(opensTiles(resource, 'https://content-a.strava.com')).toBe(true);
  });

  it.each([
    '',
    'https://',
    'http://*',
    'https?://*',
    'https://content-a.strava.com',
    'https://content-a.strava.com/anon/*',
    'https://content-a.strava.com/identified/personal/*',
    'https://content-a?.strava.com/*',
    'https://content-??.strava.com/*',
    'https://contentXa.strava.com/*',
    '*content-b.strava.com/*',
    'https://content-a.strava.com/identified/*.jpg',
  ])('%s does not open it', (resource) => {
    expect(opensTiles(resource, 'https://content-a.strava.com')).toBe(false);
  });

  it('matches scheme, port and path of the configured tile host', () => {
    expect(opensTiles('http://127.0.0.1:8000/*', 'http://127.0.0.1:8000')).toBe(true);
    expect(opensTiles('http://127.0.0.1/*', 'http://127.0.0.1:8000')).toBe(false);
    expect(opensTiles('https://mirror.example/strava/identified/*', 'https://mirror.example/strava/')).toBe(
      true,
    );
    expect(opensTiles('https://mirror.example/identified/*', 'https://mirror.example/strava')).toBe(false);
  });
});

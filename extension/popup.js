/** The popup: shows and exports the Strava cookies of the browser, and asks the background to push them. */
import { getStatus } from './lib/gateway.js';
import { statusText } from './lib/gateway-text.js';
import { problemOfKey, readGatewayUrl } from './lib/gateway-url.js';
import { deleteDraft, loadDraft, loadRecord, loadSettings, saveDraft, saveSettings } from './lib/storage.js';
import { STRAVA_ORIGIN, mayReadCookies, readStravaCookies } from './lib/strava-cookies.js';
import { timeText, untilText } from './lib/time-text.js';

const element = (id) => document.getElementById(id);
const url = element('url');
const key = element('key');
const auto = element('auto');

let cookies = { entries: [] };
let pushing = false;

element('export').addEventListener('click', exportCookies);
element('grant').addEventListener('click', () =>
  chrome.permissions.request({ origins: [STRAVA_ORIGIN] }).then(showCookies),
);
element('forget').addEventListener('click', () => void forget());
element('form').addEventListener('submit', (event) => {
  event.preventDefault();
  void push();
});
auto.addEventListener('change', () => void switchAuto());
for (const field of [url, key]) {
  field.addEventListener('input', () => {
    showNote(field, undefined);
    clearResult();
    void saveDraft({ url: url.value, key: key.value });
  });
  field.addEventListener('change', () => showNote(url, urlWarning(), 'warning'));
}
chrome.cookies.onChanged.addListener(() => void showCookies());
chrome.storage.onChanged.addListener((changes) => {
  if (changes.record !== undefined && !pushing) void showLastPush();
});

await Promise.all([showSettings(), showCookies(), showLastPush()]);
await showGatewayStatus();

async function showSettings() {
  const settings = await loadSettings();
  Object.assign(settings, await loadDraft());
  url.value = settings.url;
  key.value = settings.key;
  auto.checked = settings.auto;
  showNote(url, urlWarning(), 'warning');
}

async function showCookies() {
  const allowed = await mayReadCookies();
  cookies = allowed ? await readStravaCookies() : { entries: [] };
  const now = Date.now();
  const { session, sessionUntil, signed, signedUntil } = cookies;
  // Strava gives visitors this cookie as well, so it alone proves no login.
  const sessionTone = signed ? 'good' : 'unknown';
  if (!allowed) show('session', 'unknown', 'no access');
  else if (session === undefined) show('session', 'bad', 'none');
  else if (sessionUntil === undefined) show('session', sessionTone, 'present, until the browser closes');
  else show('session', sessionTone, untilText(sessionUntil, now));
  if (!signed) show('signed', 'unknown', 'none (not required)');
  else if (signedUntil === undefined) show('signed', 'good', 'present');
  else if (signedUntil < now)
    show('signed', 'unknown', `expired ${timeText(signedUntil, now)} (not required)`);
  else show('signed', 'good', untilText(signedUntil, now));
  element('no-access').hidden = allowed;
  element('no-session').hidden = !allowed || session !== undefined;
  element('export').disabled = session === undefined;
  element('push').disabled = session === undefined || pushing;
}

function exportCookies() {
  const text = `${JSON.stringify(cookies.entries, null, 2)}\n`;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  link.download = 'strava-cookies.json';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

async function push() {
  if (!validateForm()) return;
  pushing = true;
  element('push').disabled = true;
  showResult('busy', 'Pushing the cookies…');
  await saveForm();
  const result = await chrome.runtime.sendMessage('push');
  pushing = false;
  element('push').disabled = cookies.session === undefined;
  showResult(result.ok ? 'good' : 'bad', result.text);
  await showGatewayStatus();
}

async function switchAuto() {
  if (auto.checked && !validateForm()) {
    auto.checked = false;
    return;
  }
  await saveForm();
  await chrome.runtime.sendMessage('settings-changed');
}

/** Makes the form input the settings that the background uses. */
async function saveForm() {
  await saveSettings({ url: url.value.trim(), key: key.value.trim(), auto: auto.checked });
  await deleteDraft();
}

async function forget() {
  await chrome.runtime.sendMessage('forget');
  await showSettings();
  clearResult();
  for (const field of [url, key]) showNote(field, undefined);
  url.focus();
}

/** Removes result and status, which concern another URL or key. */
function clearResult() {
  element('result').replaceChildren();
  element('gateway-state').hidden = true;
}

/** Shows the problem of each field and focuses the first invalid one. */
function validateForm() {
  const { problem, warning } = readGatewayUrl(url.value);
  const keyProblem = problemOfKey(key.value.trim());
  showNote(url, problem ?? warning, problem === undefined ? 'warning' : 'problem');
  showNote(key, keyProblem, 'problem');
  if (problem !== undefined) url.focus();
  else if (keyProblem !== undefined) key.focus();
  return problem === undefined && keyProblem === undefined;
}

function urlWarning() {
  return readGatewayUrl(url.value).warning;
}

function showNote(field, text, tone = '') {
  const note = element(`${field.id}-note`);
  note.textContent = text ?? '';
  note.hidden = text === undefined;
  note.dataset.tone = tone;
  field.setAttribute('aria-invalid', String(tone === 'problem' && text !== undefined));
}

/** The state of the gateway's cookies, requested only with a valid URL and key. */
async function showGatewayStatus() {
  const { url: baseUrl } = readGatewayUrl(url.value);
  if (baseUrl === undefined || problemOfKey(key.value.trim()) !== undefined) return;
  const { tone, text } = statusText(await getStatus({ url: baseUrl, key: key.value.trim() }));
  show('gateway-text', tone, text);
  element('gateway-state').hidden = false;
}

async function showLastPush() {
  const { last } = await loadRecord();
  if (last === undefined) return;
  const time = timeText(last.at, Date.now());
  showResult(last.ok ? 'good' : 'bad', last.text, last.auto ? `${time}, automatic` : time);
}

function showResult(tone, text, pushedAt) {
  const line = document.createElement('p');
  line.textContent = text;
  const lines = [line];
  if (pushedAt !== undefined) {
    const time = document.createElement('p');
    time.className = 'when';
    time.textContent = `Last push: ${pushedAt}`;
    lines.unshift(time);
  }
  element('result').replaceChildren(...lines);
  element('result').dataset.tone = tone;
}

function show(id, tone, text) {
  element(id).textContent = text;
  element(id).dataset.tone = tone;
}

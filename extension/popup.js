/** The window under the icon: shows what the browser has, exports it, and asks the background to push it. */
import { problemOfKey, readGatewayAddress } from './lib/gateway-address.js';
import { askStatus } from './lib/gateway.js';
import { wordsForStatus } from './lib/gateway-words.js';
import { forgetDraft, loadDraft, loadRecord, loadSettings, saveDraft, saveSettings } from './lib/stored.js';
import { STRAVA_ORIGIN, mayReadCookies, readStravaCookies } from './lib/strava-cookies.js';
import { pointInTime, untilWords } from './lib/time-words.js';

const at = (id) => document.getElementById(id);
const address = at('address');
const key = at('key');
const auto = at('auto');

let cookies = { entries: [] };
let pushing = false;

at('export').addEventListener('click', exportCookies);
at('grant').addEventListener('click', () =>
  chrome.permissions.request({ origins: [STRAVA_ORIGIN] }).then(showCookies),
);
at('forget').addEventListener('click', () => void forget());
at('form').addEventListener('submit', (event) => {
  event.preventDefault();
  void push();
});
auto.addEventListener('change', () => void switchAuto());
for (const field of [address, key]) {
  field.addEventListener('input', () => {
    showNote(field, undefined);
    forgetReplies();
    void saveDraft({ address: address.value, key: key.value });
  });
  field.addEventListener('change', () => showNote(address, warningOfAddress(), 'warning'));
}
chrome.cookies.onChanged.addListener(() => void showCookies());
chrome.storage.onChanged.addListener((changes) => {
  if (changes.record !== undefined && !pushing) void showLastPush();
});

await Promise.all([showSettings(), showCookies(), showLastPush()]);
await showGatewayState();

async function showSettings() {
  const settings = await loadSettings();
  Object.assign(settings, await loadDraft());
  address.value = settings.address;
  key.value = settings.key;
  auto.checked = settings.auto;
  showNote(address, warningOfAddress(), 'warning');
}

async function showCookies() {
  const allowed = await mayReadCookies();
  cookies = allowed ? await readStravaCookies() : { entries: [] };
  const now = Date.now();
  const { session, sessionUntil, signed, signedUntil } = cookies;
  if (!allowed) show('session', 'unknown', 'not readable');
  else if (session === undefined) show('session', 'bad', 'none');
  else if (sessionUntil === undefined) show('session', 'good', 'present, until the browser closes');
  else show('session', 'good', untilWords(sessionUntil, now));
  if (!signed) show('signed', 'unknown', 'none; the gateway gets its own');
  else if (signedUntil === undefined) show('signed', 'good', 'present');
  else if (signedUntil < now)
    show('signed', 'unknown', `expired ${pointInTime(signedUntil, now)}; the gateway gets its own`);
  else show('signed', 'good', untilWords(signedUntil, now));
  at('no-access').hidden = allowed;
  at('no-session').hidden = !allowed || session !== undefined;
  at('export').disabled = session === undefined;
  at('push').disabled = session === undefined || pushing;
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
  if (!formIsUsable()) return;
  pushing = true;
  at('push').disabled = true;
  showResult('busy', 'Asking the gateway…');
  await useForm();
  const last = await chrome.runtime.sendMessage('push');
  pushing = false;
  at('push').disabled = cookies.session === undefined;
  showResult(last.ok ? 'good' : 'bad', last.words);
  await showGatewayState();
}

async function switchAuto() {
  if (auto.checked && !formIsUsable()) {
    auto.checked = false;
    return;
  }
  await useForm();
  await chrome.runtime.sendMessage('settings-changed');
}

/** From here on the background uses what stands in the form. */
async function useForm() {
  await saveSettings({ address: address.value.trim(), key: key.value.trim(), auto: auto.checked });
  await forgetDraft();
}

async function forget() {
  await chrome.runtime.sendMessage('forget');
  await showSettings();
  forgetReplies();
  for (const field of [address, key]) showNote(field, undefined);
  address.focus();
}

/** What the gateway said before was about another address or key. */
function forgetReplies() {
  at('result').replaceChildren();
  at('gateway-state').hidden = true;
}

/** Says what is wrong beside each field, and goes to the first one. */
function formIsUsable() {
  const { problem, warning } = readGatewayAddress(address.value);
  const keyProblem = problemOfKey(key.value.trim());
  showNote(address, problem ?? warning, problem === undefined ? 'warning' : 'problem');
  showNote(key, keyProblem, 'problem');
  if (problem !== undefined) address.focus();
  else if (keyProblem !== undefined) key.focus();
  return problem === undefined && keyProblem === undefined;
}

function warningOfAddress() {
  return readGatewayAddress(address.value).warning;
}

function showNote(field, words, tone = '') {
  const note = at(`${field.id}-note`);
  note.textContent = words ?? '';
  note.hidden = words === undefined;
  note.dataset.tone = tone;
  field.setAttribute('aria-invalid', String(tone === 'problem' && words !== undefined));
}

/** How the gateway itself is doing, asked only when address and key are there. */
async function showGatewayState() {
  const { url } = readGatewayAddress(address.value);
  if (url === undefined || problemOfKey(key.value.trim()) !== undefined) return;
  const { tone, words } = wordsForStatus(await askStatus({ url, key: key.value.trim() }));
  show('gateway-words', tone, words);
  at('gateway-state').hidden = false;
}

async function showLastPush() {
  const { last } = await loadRecord();
  if (last === undefined) return;
  showResult(
    last.ok ? 'good' : 'bad',
    last.words,
    `${pointInTime(last.at, Date.now())}${last.auto ? ', by itself' : ''}`,
  );
}

function showResult(tone, words, when) {
  const line = document.createElement('p');
  line.textContent = words;
  const lines = [line];
  if (when !== undefined) {
    const time = document.createElement('p');
    time.className = 'when';
    time.textContent = `Last push: ${when}`;
    lines.unshift(time);
  }
  at('result').replaceChildren(...lines);
  at('result').dataset.tone = tone;
}

function show(id, tone, words) {
  at(id).textContent = words;
  at(id).dataset.tone = tone;
}

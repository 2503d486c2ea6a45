/** Pushes the cookies to the gateway: on request of the popup, and automatically when Strava sets a new session. */
import { pushCookies } from './lib/gateway.js';
import { pushResult } from './lib/gateway-text.js';
import { problemOfKey, readGatewayUrl } from './lib/gateway-url.js';
import { digestOf, nextStep, recordAfter } from './lib/push-record.js';
import { deleteAll, loadRecord, loadSettings, saveRecord } from './lib/storage.js';
import { mayReadCookies, readStravaCookies, setsSession } from './lib/strava-cookies.js';

/** A login sets the cookie several times; only the last value counts. */
const DEBOUNCE_MS = 2000;
const RETRY = 'retry';

let debounce;
let queue = Promise.resolve();

chrome.cookies.onChanged.addListener((change) => {
  if (!setsSession(change)) return;
  clearTimeout(debounce);
  debounce = setTimeout(() => void enqueue(pushIfNew), DEBOUNCE_MS);
});
chrome.alarms.onAlarm.addListener(() => enqueue(pushIfNew));
chrome.runtime.onStartup.addListener(() => enqueue(pushIfNew));
chrome.runtime.onMessage.addListener((message, _sender, reply) => {
  const task = { push: () => push(false), 'settings-changed': settingsChanged, forget }[message];
  if (task === undefined) return false;
  enqueue(task).then(reply, () => reply({ ok: false, text: 'The browser refused this action.' }));
  return true;
});

/** Runs one task at a time, so that no session is pushed twice. */
function enqueue(task) {
  const done = queue.then(task);
  queue = done.catch(() => undefined);
  return done;
}

async function pushIfNew() {
  await showBadge();
  const gateway = await validGateway();
  if (!gateway?.auto || !(await mayReadCookies())) return;
  const { session } = await readStravaCookies();
  if (session === undefined) return;
  const digest = await digestOf(gateway.url, session);
  const step = nextStep(await loadRecord(), digest, Date.now());
  if (step.do === 'push') await push(true);
  else if (step.until !== undefined) await chrome.alarms.create(RETRY, { when: step.until });
}

/** Pushes the current cookies of the browser; resolves to `{ ok, text }`. */
async function push(auto) {
  const gateway = await validGateway();
  if (gateway === undefined) return { ok: false, text: 'Enter a valid gateway URL and admin key.' };
  const { session, entries } = await readStravaCookies();
  if (session === undefined)
    return { ok: false, text: 'There is no Strava session in this browser. Log in at strava.com.' };
  const [digest, result] = await Promise.all([
    digestOf(gateway.url, session),
    pushCookies(gateway, entries).then((reply) => pushResult(reply)),
  ]);
  const record = recordAfter(await loadRecord(), digest, result, auto, Date.now());
  await saveRecord(record);
  await chrome.alarms.clear(RETRY);
  if (gateway.auto && record.failed?.cause === 'gateway') {
    await chrome.alarms.create(RETRY, { when: record.failed.retryAt });
  }
  await showBadge();
  return record.last;
}

/** With new settings, a push that failed before may succeed. */
async function settingsChanged() {
  const { pushed, last } = await loadRecord();
  await saveRecord({ pushed, last });
  await chrome.alarms.clear(RETRY);
  await pushIfNew();
}

async function forget() {
  await deleteAll();
  await chrome.alarms.clear(RETRY);
  await showBadge();
}

/** `{ url, key, auto }`, or undefined if URL or key are missing or invalid. */
async function validGateway() {
  const { url: input, key, auto } = await loadSettings();
  const { url } = readGatewayUrl(input);
  return url === undefined || problemOfKey(key) ? undefined : { url, key, auto };
}

/** Marks the icon while automatic push is on and the last push failed. */
async function showBadge() {
  const [{ auto }, { last }] = await Promise.all([loadSettings(), loadRecord()]);
  const failed = auto && last?.ok === false;
  const { name } = chrome.runtime.getManifest();
  await Promise.all([
    chrome.action.setBadgeText({ text: failed ? '!' : '' }),
    chrome.action.setBadgeBackgroundColor({ color: '#b3261e' }),
    chrome.action.setTitle({ title: failed ? `${name}: ${last.text}` : name }),
  ]);
}

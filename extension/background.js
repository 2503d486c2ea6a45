/** Pushes the cookies: when the popup asks, and by itself when Strava sets a new session. */
import { problemOfKey, readGatewayAddress } from './lib/gateway-address.js';
import { pushCookies } from './lib/gateway.js';
import { verdictOnPush } from './lib/gateway-words.js';
import { markOf, nextStep, recordAfter } from './lib/push-record.js';
import { forgetEverything, loadRecord, loadSettings, saveRecord } from './lib/stored.js';
import { mayReadCookies, readStravaCookies, setsSession } from './lib/strava-cookies.js';

/** A login sets the cookie several times; the last one counts. */
const SETTLING_MS = 2000;
const RETRY = 'retry';

let settling;
let queue = Promise.resolve();

chrome.cookies.onChanged.addListener((change) => {
  if (!setsSession(change)) return;
  clearTimeout(settling);
  settling = setTimeout(() => void inTurn(pushIfNew), SETTLING_MS);
});
chrome.alarms.onAlarm.addListener(() => inTurn(pushIfNew));
chrome.runtime.onStartup.addListener(() => inTurn(pushIfNew));
chrome.runtime.onMessage.addListener((message, _sender, reply) => {
  const work = { push: () => push(false), 'settings-changed': settingsChanged, forget }[message];
  if (work === undefined) return false;
  inTurn(work).then(reply, () =>
    reply({ ok: false, words: 'The browser did not let the extension do this.' }),
  );
  return true;
});

/** One piece of work at a time, so that no session is pushed twice at once. */
function inTurn(work) {
  const done = queue.then(work);
  queue = done.catch(() => undefined);
  return done;
}

async function pushIfNew() {
  await showBadge();
  const gateway = await usableGateway();
  if (!gateway?.auto || !(await mayReadCookies())) return;
  const { session } = await readStravaCookies();
  if (session === undefined) return;
  const mark = await markOf(gateway.url, session);
  const step = nextStep(await loadRecord(), mark, Date.now());
  if (step.do === 'push') await push(true);
  else if (step.until !== undefined) await chrome.alarms.create(RETRY, { when: step.until });
}

/** Pushes what the browser has now; resolves with `{ ok, words }`. */
async function push(auto) {
  const gateway = await usableGateway();
  if (gateway === undefined) return { ok: false, words: 'Address and admin key are not usable.' };
  const { session, entries } = await readStravaCookies();
  if (session === undefined) return { ok: false, words: 'There is no Strava session in this browser.' };
  const [mark, verdict] = await Promise.all([
    markOf(gateway.url, session),
    pushCookies(gateway, entries).then((reply) => verdictOnPush(reply)),
  ]);
  const record = recordAfter(await loadRecord(), mark, verdict, auto, Date.now());
  await saveRecord(record);
  await chrome.alarms.clear(RETRY);
  if (gateway.auto && record.failed?.aboutSession === false) {
    await chrome.alarms.create(RETRY, { when: record.failed.retryAt });
  }
  await showBadge();
  return record.last;
}

/** Another address or key, or the option switched: what failed before may work now. */
async function settingsChanged() {
  const { pushed, last } = await loadRecord();
  await saveRecord({ pushed, last });
  await chrome.alarms.clear(RETRY);
  await pushIfNew();
}

async function forget() {
  await forgetEverything();
  await chrome.alarms.clear(RETRY);
  await showBadge();
}

/** `{ url, key, auto }`, or undefined when there is nothing to push to. */
async function usableGateway() {
  const { address, key, auto } = await loadSettings();
  const { url } = readGatewayAddress(address);
  return url === undefined || problemOfKey(key) ? undefined : { url, key, auto };
}

/** A mark on the icon while pushing by itself is on and the last push failed. */
async function showBadge() {
  const [{ auto }, { last }] = await Promise.all([loadSettings(), loadRecord()]);
  const failed = auto && last?.ok === false;
  const { name } = chrome.runtime.getManifest();
  await Promise.all([
    chrome.action.setBadgeText({ text: failed ? '!' : '' }),
    chrome.action.setBadgeBackgroundColor({ color: '#b3261e' }),
    chrome.action.setTitle({ title: failed ? `${name}: ${last.words}` : name }),
  ]);
}

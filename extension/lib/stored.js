/** What the extension remembers. `settings` belongs to the popup, `record` to the background; no cookie is ever stored. */

/** `{ address, key, auto }` as the person last used them. */
export async function loadSettings() {
  const { settings } = await chrome.storage.local.get('settings');
  return { address: '', key: '', auto: false, ...settings };
}

export function saveSettings(settings) {
  return chrome.storage.local.set({ settings });
}

/** `{ pushed, failed, last }`, see `push-record.js`. */
export async function loadRecord() {
  const { record } = await chrome.storage.local.get('record');
  return record ?? {};
}

export function saveRecord(record) {
  return chrome.storage.local.set({ record });
}

/** What stands in the form and was not used yet; kept in memory, until the browser closes. */
export async function loadDraft() {
  const { draft } = await chrome.storage.session.get('draft');
  return draft;
}

export function saveDraft(draft) {
  return chrome.storage.session.set({ draft });
}

export function forgetDraft() {
  return chrome.storage.session.remove('draft');
}

export async function forgetEverything() {
  await Promise.all([chrome.storage.local.clear(), chrome.storage.session.clear()]);
}

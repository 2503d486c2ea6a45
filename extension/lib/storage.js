/** Storage of the extension. `settings` is written by the popup, `record` by the background. Cookies are never stored. */

/** `{ url, key, auto }` as last used. */
export async function loadSettings() {
  const { settings } = await chrome.storage.local.get('settings');
  return { url: '', key: '', auto: false, ...settings };
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

/** Form input that has not been used yet. Stored in memory until the browser closes. */
export async function loadDraft() {
  const { draft } = await chrome.storage.session.get('draft');
  return draft;
}

export function saveDraft(draft) {
  return chrome.storage.session.set({ draft });
}

export function deleteDraft() {
  return chrome.storage.session.remove('draft');
}

export async function deleteAll() {
  await Promise.all([chrome.storage.local.clear(), chrome.storage.session.clear()]);
}

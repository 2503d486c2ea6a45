/** API keys of the gateway under test. All except `HIDDEN_KEY` are sent; no error may contain one. */

export const OPEN_KEY = 'open-Kq7vX2mZp4Rt9sWb';
/**
 * Same permissions as `OPEN_KEY`, for targets that are mutated. A mutation can turn it into a part of the path, which logs
 * and errors may repeat; it is therefore not searched for.
 */
export const MUTATED_KEY = 'mutated-Rf6wD1sLk3Hv8bGu';
/** Restricted to the layer `run-hot`. */
export const LAYER_KEY = 'layer-Hd3nY8cTf6Lq1xJg';
export const EXPIRED_KEY = 'expired-Uw5kB9rNs2Vp7zMa';
/** Limited to 5 requests a day. */
export const LIMITED_KEY = 'limited-Ey4hG6jQd8Cx3tFo';
/** Hidden in query strings; no part of it may get into an error or the log. */
export const NESTED_KEY = 'nested-Jw3eV9yBq5Nc7rXk';
const HIDDEN_KEY = 'hidden-Zl1iS5aKo9Pu2wRe';
export const ADMIN_KEY = 'admin-Tb8yN3gVm6Xf4qDh';

export const KEY_FILE = {
  keys: [
    OPEN_KEY,
    MUTATED_KEY,
    NESTED_KEY,
    HIDDEN_KEY,
    { id: 'layer', key: LAYER_KEY, layers: ['run-hot'] },
    { id: 'expired', key: EXPIRED_KEY, expires: '2020-01-01' },
    { id: 'limited', key: LIMITED_KEY, rateLimit: { max: 5, seconds: 86_400 } },
  ],
};

/** Keys that a document may repeat to the client that sent them, by the name that a report shows. */
export const REPEATABLE_KEYS = {
  'the open key': OPEN_KEY,
  'the layer key': LAYER_KEY,
  'the nested key': NESTED_KEY,
};
export const SECRET_KEYS = {
  ...REPEATABLE_KEYS,
  'the hidden key': HIDDEN_KEY,
  'the expired key': EXPIRED_KEY,
  'the limited key': LIMITED_KEY,
  'the admin key': ADMIN_KEY,
};

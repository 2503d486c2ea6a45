/** The keys of the gateway under fire. All but `HIDDEN_KEY` are sent; none may come back in an error. */

export const OPEN_KEY = 'open-Kq7vX2mZp4Rt9sWb';
/**
 * As good as the open one, for addresses that are mutated: then nobody can say whether it is still the key or part of the
 * path, which a log or an error may repeat.
 */
export const MUTATED_KEY = 'mutated-Rf6wD1sLk3Hv8bGu';
/** Opens only the layer `run-hot`. */
export const LAYER_KEY = 'layer-Hd3nY8cTf6Lq1xJg';
export const EXPIRED_KEY = 'expired-Uw5kB9rNs2Vp7zMa';
/** May ask a few times a day. */
export const LIMITED_KEY = 'limited-Ey4hG6jQd8Cx3tFo';
const HIDDEN_KEY = 'hidden-Zl1iS5aKo9Pu2wRe';
export const ADMIN_KEY = 'admin-Tb8yN3gVm6Xf4qDh';

export const KEY_FILE = {
  keys: [
    OPEN_KEY,
    MUTATED_KEY,
    HIDDEN_KEY,
    { id: 'layer', key: LAYER_KEY, layers: ['run-hot'] },
    { id: 'expired', key: EXPIRED_KEY, expires: '2020-01-01' },
    { id: 'limited', key: LIMITED_KEY, rateLimit: { max: 5, seconds: 86_400 } },
  ],
};

/** Keys that a document may repeat for the client that sent them. */
export const REPEATED_KEYS = [OPEN_KEY, LAYER_KEY];
export const SECRET_KEYS = [HIDDEN_KEY, EXPIRED_KEY, LIMITED_KEY, ADMIN_KEY];

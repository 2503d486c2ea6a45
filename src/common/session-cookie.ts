/** Name of the login session's cookie: its value equals a password and goes to the web host only. */
export const SESSION_COOKIE = '_strava4_session';

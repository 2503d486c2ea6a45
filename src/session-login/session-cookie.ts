/** Name of the web host's cookie that holds the login session. */
export const SESSION_COOKIE = '_strava4_session';

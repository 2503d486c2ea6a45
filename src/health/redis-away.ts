/** What is said while Redis cannot be reached. */
export const REDIS_AWAY = 'Redis cannot be reached: this replica goes on alone, without what the others know';

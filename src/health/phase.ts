/** Where the process is in its life: `/readyz` fails before and after it serves, so that nobody sends requests then. */
export class Phase {
  current: 'starting' | 'serving' | 'shutting_down' = 'starting';
}

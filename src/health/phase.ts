/** Lifecycle phase of the process: `/readyz` fails before and after `serving`, so that load balancers send no requests. */
export class Phase {
  current: 'starting' | 'serving' | 'shutting_down' = 'starting';
}

import { Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Clock } from '../common/clock.js';
import type { Log } from '../common/log.js';
import { CLOCK, LOG } from '../common/tokens.js';
import { CONFIG, type Config } from '../config/index.js';
import { KeyRing } from './key-ring.js';
import { KEY_RING } from './tokens.js';

@Module({
  providers: [
    {
      provide: KEY_RING,
      inject: [CONFIG, CLOCK],
      useFactory: ({ apiKeysFile }: Config, clock: Clock) =>
        apiKeysFile === undefined ? undefined : new KeyRing(apiKeysFile, clock),
    },
  ],
  exports: [KEY_RING],
})
export class AuthKeysModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(KEY_RING) private readonly ring: KeyRing | undefined,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.ring?.watch(this.log);
  }

  onApplicationShutdown(): void {
    this.ring?.close();
  }
}

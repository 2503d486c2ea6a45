/** A simulated upstream with gateways in front of it, started before each test or suite and closed after it. */
import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { startSimulator, type Simulator, type SimulatorOptions } from '../simulator/simulator.js';
import { startGateway, type GatewayOptions, type RunningGateway } from './gateway.js';

export interface Setup {
  readonly simulator: Simulator;
  /** The gateway that was started last. */
  readonly gateway: RunningGateway;
  /** Starts a gateway. It closes after the test that started it; one from `beforeAll` closes after the suite. */
  readonly start: (options?: GatewayOptions) => Promise<RunningGateway>;
  /** A request to {@link gateway}. */
  readonly get: (path: string, init?: RequestInit) => Promise<Response>;
}

export interface Scope {
  /** `suite` resets the simulator after each test. */
  readonly per: 'test' | 'suite';
  readonly simulator?: SimulatorOptions;
}

/** A simulator and one gateway; registers the hooks in the enclosing `describe` block or file. */
export function withGateway(options: GatewayOptions, scope: Scope = { per: 'test' }): Setup {
  const setup = withSimulator(scope);
  const before = scope.per === 'test' ? beforeEach : beforeAll;
  before(async () => {
    await setup.start(options);
  });
  return setup;
}

/** A simulator alone; tests start the gateways. */
export function withSimulator({ per, simulator: options }: Scope = { per: 'test' }): Setup {
  let simulator: Simulator | undefined;
  /** In the order of their start. */
  const running: RunningGateway[] = [];
  let keep = 0;

  const open = async () => {
    simulator = await startSimulator(options);
  };
  const closeGateways = async (from: number) => {
    await Promise.all(running.splice(from).map((gateway) => gateway.close()));
  };
  const close = async () => {
    await closeGateways(0);
    await simulator?.close();
    simulator = undefined;
  };

  if (per === 'test') {
    beforeEach(open);
    afterEach(close);
  } else {
    beforeAll(open);
    beforeEach(() => {
      keep = running.length;
    });
    afterEach(async () => {
      await closeGateways(keep);
      setup.simulator.reset();
    });
    afterAll(close);
  }

  const setup: Setup = {
    get simulator() {
      if (!simulator) throw new Error('the simulator is not running: use it in a hook or a test');
      return simulator;
    },
    get gateway() {
      const gateway = running.at(-1);
      if (!gateway) throw new Error('no gateway is running: start one');
      return gateway;
    },
    async start(gatewayOptions) {
      const gateway = await startGateway(setup.simulator, gatewayOptions);
      running.push(gateway);
      return gateway;
    },
    get: (path, init) => fetch(`${setup.gateway.url}${path}`, init),
  };
  return setup;
}

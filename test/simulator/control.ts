// `/_simulator/...` on the web host: the simulator's own switches and readings over HTTP.
import { jsonAnswer, type Answer, type Asked } from './server/exchange.js';
import type { Simulator } from './simulator.js';
import { FACES, mergeSwitches } from './switches.js';

const PREFIX = '/_simulator/';

export function isControl(asked: Asked): boolean {
  return asked.url.pathname.startsWith(PREFIX);
}

export function controlAnswer(simulator: Simulator, asked: Asked): Answer {
  const { pathname, searchParams } = asked.url;
  switch (`${asked.method} ${pathname.slice(PREFIX.length)}`) {
    case 'GET state':
      return jsonAnswer(200, stateOf(simulator));
    case 'GET requests':
      return jsonAnswer(200, simulator.requests.slice(-Number(searchParams.get('last') ?? 100)));
    case 'GET cookies.json':
      return jsonAnswer(200, exportedCookies(simulator));
    case 'PUT switches':
      return putSwitches(simulator, asked.body);
    case 'POST revoke-key-pair':
      simulator.revokeKeyPair();
      return jsonAnswer(200, stateOf(simulator));
    case 'POST end-session':
      return endSession(simulator, searchParams.get('face') ?? 'redirect');
    case 'POST new-session':
      return jsonAnswer(200, { sessionValue: simulator.startNewSession() });
    case 'POST reset':
      simulator.reset();
      return jsonAnswer(200, stateOf(simulator));
    default:
      return complaint(404, `The simulator has no ${asked.method} ${pathname}.`);
  }
}

function stateOf({ tilesUrl, webUrl, anonymousUrl, switches, counters }: Simulator): object {
  return { addresses: { tilesUrl, webUrl, anonymousUrl }, switches, counters };
}

/** As a browser's cookie exporter writes them: the session and fresh signed cookies. */
function exportedCookies(simulator: Simulator): Array<{ name: string; value: string }> {
  const cookies = { _strava4_session: simulator.sessionValue, ...simulator.issueCookies() };
  return Object.entries(cookies).map(([name, value]) => ({ name, value }));
}

function putSwitches(simulator: Simulator, body: string): Answer {
  let patch: unknown;
  try {
    patch = JSON.parse(body);
  } catch {
    return complaint(400, 'The body is no JSON.');
  }
  const sentence = mergeSwitches(simulator.switches, patch);
  return sentence === undefined ? jsonAnswer(200, simulator.switches) : complaint(400, sentence);
}

function endSession(simulator: Simulator, wanted: string): Answer {
  const face = FACES.find((known) => known === wanted);
  if (face === undefined) return complaint(400, `"face" must be one of ${FACES.join(', ')}.`);
  simulator.endSession(face);
  return jsonAnswer(200, stateOf(simulator));
}

function complaint(status: number, message: string): Answer {
  return jsonAnswer(status, { message });
}

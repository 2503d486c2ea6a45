// `/_simulator/` on the web host: switches and counters of the simulator over HTTP.
import { jsonResponse, type HostResponse, type HostRequest } from './server/host.js';
import type { Simulator } from './simulator.js';
import { ENDED_SESSIONS, mergeSwitches } from './switches.js';

const PREFIX = '/_simulator/';

export function isControl(request: HostRequest): boolean {
  return request.url.pathname.startsWith(PREFIX);
}

export function controlResponse(simulator: Simulator, request: HostRequest): HostResponse {
  const { pathname, searchParams } = request.url;
  switch (`${request.method} ${pathname.slice(PREFIX.length)}`) {
    case 'GET state':
      return jsonResponse(200, stateOf(simulator));
    case 'GET requests':
      return jsonResponse(200, simulator.requests.slice(-Number(searchParams.get('last') ?? 100)));
    case 'GET cookies.json':
      return jsonResponse(200, exportedCookies(simulator));
    case 'PUT switches':
      return putSwitches(simulator, request.body);
    case 'POST revoke-key-pair':
      simulator.revokeKeyPair();
      return jsonResponse(200, stateOf(simulator));
    case 'POST end-session':
      return endSession(simulator, searchParams.get('response') ?? 'redirect');
    case 'POST new-session':
      return jsonResponse(200, { sessionValue: simulator.startNewSession() });
    case 'POST reset':
      simulator.reset();
      return jsonResponse(200, stateOf(simulator));
    default:
      return problem(404, `The simulator has no ${request.method} ${pathname}.`);
  }
}

function stateOf({ tilesUrl, webUrl, anonymousUrl, switches, counters }: Simulator): object {
  return { addresses: { tilesUrl, webUrl, anonymousUrl }, switches, counters };
}

/** The session and new signed cookies, in the format of a browser's cookie export. */
function exportedCookies(simulator: Simulator): Array<{ name: string; value: string }> {
  const cookies = { _strava4_session: simulator.sessionValue, ...simulator.issueCookies() };
  return Object.entries(cookies).map(([name, value]) => ({ name, value }));
}

function putSwitches(simulator: Simulator, body: string): HostResponse {
  let patch: unknown;
  try {
    patch = JSON.parse(body);
  } catch {
    return problem(400, 'The body is not JSON.');
  }
  const sentence = mergeSwitches(simulator.switches, patch);
  return sentence === undefined ? jsonResponse(200, simulator.switches) : problem(400, sentence);
}

function endSession(simulator: Simulator, wanted: string): HostResponse {
  const response = ENDED_SESSIONS.find((known) => known === wanted);
  if (response === undefined) return problem(400, `"response" must be one of ${ENDED_SESSIONS.join(', ')}.`);
  simulator.endSession(response);
  return jsonResponse(200, stateOf(simulator));
}

function problem(status: number, message: string): HostResponse {
  return jsonResponse(status, { message });
}

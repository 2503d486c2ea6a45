/** One refresh, as the gateway does it. */
import { Agent } from 'undici';
import { connectPastContinue } from '../../common/net/connect-past-continue.js';
import type { Secret } from '../../common/secret.js';
import { HttpWebSession, type RefreshOutcome } from '../../cookie-store/index.js';
import { withDeadline } from '../with-deadline.js';

/** Requests signed cookies from the web host within `timeoutMs`. Never rejects. */
export async function askWebHost(
  webUrl: string,
  session: Secret,
  timeoutMs: number,
  until?: AbortSignal,
): Promise<RefreshOutcome> {
  const agent = new Agent({ connections: 1, connect: connectPastContinue() });
  const webSession = new HttpWebSession(webUrl, agent, () => Date.now());
  try {
    return await withDeadline(timeoutMs, until, (signal) => webSession.refresh(session, signal));
  } finally {
    await agent.destroy();
  }
}

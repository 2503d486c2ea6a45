/** One refresh, as the gateway does it. */
import { Agent } from 'undici';
import type { Secret } from '../common/secret.js';
import { HttpWebSession, type RefreshAnswer } from '../cookie-store/index.js';

/** Asks the web host for signed cookies within `timeoutMs`. Never rejects. */
export async function askWebHost(
  webUrl: string,
  session: Secret,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<RefreshAnswer> {
  const agent = new Agent({ connections: 1 });
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    return await new HttpWebSession(webUrl, agent, () => Date.now()).refresh(
      session,
      signal ? AbortSignal.any([signal, deadline]) : deadline,
    );
  } finally {
    await agent.destroy();
  }
}

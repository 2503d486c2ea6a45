/** Reads a CloudFront custom policy as it stands in the cookie `CloudFront-Policy`. Pure. */
import { z } from 'zod';

/** Seconds since the epoch, as far as a Date goes: whoever says the time would fail on a later one. */
export const EPOCH_SECONDS = z.number().min(0).max(8.64e12);

const POLICY = z.object({
  Statement: z
    .array(
      z.object({
        Resource: z.string().optional(),
        Condition: z.object({ DateLessThan: z.object({ 'AWS:EpochTime': EPOCH_SECONDS }) }),
      }),
    )
    .min(1),
});

export interface CloudFrontPolicy {
  /** Address pattern that the policy opens, e.g. `https://content-a.strava.com/*`. */
  readonly resource: string | undefined;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** The policy, or undefined when the text is not one. CloudFront's base64 has `- _ ~` for `+ = /`. */
export function readPolicy(cookie: string): CloudFrontPolicy | undefined {
  const base64 = cookie.replace(/[-_~]/g, (char) => ({ '-': '+', _: '=', '~': '/' })[char]!);
  const policy = POLICY.safeParse(parseJson(Buffer.from(base64, 'base64').toString('utf8')));
  const statement = policy.data?.Statement[0];
  return (
    statement && {
      resource: statement.Resource,
      expiresAt: statement.Condition.DateLessThan['AWS:EpochTime'] * 1000,
    }
  );
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

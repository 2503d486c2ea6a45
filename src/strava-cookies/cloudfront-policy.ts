/** Parser of the CloudFront custom policy in the cookie `CloudFront-Policy`. Pure. */
import { z } from 'zod';
import { parseJson } from '../common/json/parse-json.js';

/** Seconds since the epoch, up to the maximum of a JavaScript Date: formatting a later time would throw. */
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
  /** URL pattern that the policy gives access to, e.g. `https://content-a.strava.com/*`. */
  readonly resource: string | undefined;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** The policy, or undefined if `cookie` is not one. CloudFront's base64 uses `- _ ~` in place of `+ = /`. */
export function readPolicy(cookie: string | undefined): CloudFrontPolicy | undefined {
  const base64 = (cookie ?? '').replace(/[-_~]/g, (char) => ({ '-': '+', _: '=', '~': '/' })[char]!);
  const policy = POLICY.safeParse(parseJson(Buffer.from(base64, 'base64').toString('utf8')));
  const statement = policy.data?.Statement[0];
  return (
    statement && {
      resource: statement.Resource,
      expiresAt: statement.Condition.DateLessThan['AWS:EpochTime'] * 1000,
    }
  );
}

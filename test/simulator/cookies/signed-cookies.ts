// CloudFront's signed cookies with a custom policy: issues them, and verifies them as CloudFront does.
import { generateKeyPairSync, randomBytes, sign, verify, type KeyObject } from 'node:crypto';

/** The code in the XML body of a 403. */
export type Refusal = 'MissingKey' | 'InvalidKey' | 'MalformedPolicy' | 'AccessDenied';

interface KeyPair {
  id: string;
  privateKey: KeyObject;
  publicKey: KeyObject;
}

interface Policy {
  resource: string;
  /** Epoch seconds. */
  dateLessThan: number;
}

/** Issues cookies with one key pair at a time; refuses the cookies of a revoked key pair. */
export class CookieSigner {
  private keyPair = newKeyPair();

  /** The three cookies for `resource`, valid until `dateLessThan` (epoch seconds). */
  issue(resource: string, dateLessThan: number): Record<string, string> {
    const condition = { DateLessThan: { 'AWS:EpochTime': dateLessThan } };
    const policy = Buffer.from(JSON.stringify({ Statement: [{ Resource: resource, Condition: condition }] }));
    return {
      'CloudFront-Key-Pair-Id': this.keyPair.id,
      'CloudFront-Policy': encodeForCookie(policy),
      'CloudFront-Signature': encodeForCookie(sign('RSA-SHA1', policy, this.keyPair.privateKey)),
    };
  }

  /** Why a request for `url` is refused at `now` (epoch milliseconds); undefined when it is allowed. */
  refusal(cookies: ReadonlyMap<string, string>, url: string, now: number): Refusal | undefined {
    const keyPairId = cookies.get('CloudFront-Key-Pair-Id');
    const encodedPolicy = cookies.get('CloudFront-Policy');
    const signature = cookies.get('CloudFront-Signature');
    if (!keyPairId || !encodedPolicy || !signature) return 'MissingKey';
    if (keyPairId !== this.keyPair.id) return 'InvalidKey';
    const policyText = decodeFromCookie(encodedPolicy);
    const policy = readPolicy(policyText);
    if (policy === undefined) return 'MalformedPolicy';
    const genuine = verify('RSA-SHA1', policyText, this.keyPair.publicKey, decodeFromCookie(signature));
    if (!genuine || now / 1000 >= policy.dateLessThan) return 'AccessDenied';
    return matchesResource(url, policy.resource) ? undefined : 'AccessDenied';
  }

  /** Makes all cookies issued so far invalid; later ones use a new key pair. */
  revoke(): void {
    this.keyPair = newKeyPair();
  }
}

/** Base64 with `+ = /` replaced by `- _ ~`. */
export function encodeForCookie(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('+', '-').replaceAll('=', '_').replaceAll('/', '~');
}

/** The reverse of `encodeForCookie`; skips characters that are not base64. */
export function decodeFromCookie(text: string): Buffer {
  return Buffer.from(text.replaceAll('-', '+').replaceAll('_', '=').replaceAll('~', '/'), 'base64');
}

// Short keys, because they are generated in milliseconds and protect nothing.
function newKeyPair(): KeyPair {
  const id = `K${randomBytes(7).toString('hex').toUpperCase().slice(0, 13)}`;
  return { id, ...generateKeyPairSync('rsa', { modulusLength: 1024 }) };
}

function readPolicy(text: Buffer): Policy | undefined {
  try {
    const policy = JSON.parse(text.toString()) as {
      Statement: [{ Resource: unknown; Condition: { DateLessThan: { 'AWS:EpochTime': unknown } } }];
    };
    const { Resource: resource, Condition: condition } = policy.Statement[0];
    const dateLessThan = condition.DateLessThan['AWS:EpochTime'];
    if (typeof resource !== 'string' || typeof dateLessThan !== 'number') return undefined;
    return { resource, dateLessThan };
  } catch {
    return undefined;
  }
}

/** `*` matches any number of characters and `?` matches one, as in CloudFront's policies. */
function matchesResource(url: string, resource: string): boolean {
  const literal = resource.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(url);
}

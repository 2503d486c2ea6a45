/** Certificates for a test, made by OpenSSL in a folder. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '../../support/programs/run-program.js';

export interface Certificate {
  readonly file: string;
  readonly keyFile: string;
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** The certificate of an unknown authority. */
export async function makeAuthority(folder: string, name: string): Promise<Certificate> {
  const made = filesOf(folder, name);
  const subject = ['-days', '2', '-subj', `/CN=${name}`];
  await openssl(folder, ['req', '-x509', ...KEY, ...subject, '-keyout', made.keyFile, '-out', made.file]);
  return made;
}

/** The certificate of a server; `hosts` as in `IP:127.0.0.1,DNS:localhost`. */
export async function issue(
  folder: string,
  authority: Certificate,
  name: string,
  hosts: string,
): Promise<Certificate> {
  const made = filesOf(folder, name);
  const request = join(folder, `${name}.csr`);
  const extensions = join(folder, `${name}.ext`);
  await writeFile(extensions, `subjectAltName=${hosts}\n`);
  await openssl(folder, ['req', ...KEY, '-subj', `/CN=${name}`, '-keyout', made.keyFile, '-out', request]);
  const issuer = ['-CA', authority.file, '-CAkey', authority.keyFile, '-CAcreateserial'];
  const rest = ['-days', '2', '-extfile', extensions, '-out', made.file];
  await openssl(folder, ['x509', '-req', '-in', request, ...issuer, ...rest]);
  return made;
}

function filesOf(folder: string, name: string): Certificate {
  return { file: join(folder, `${name}.pem`), keyFile: join(folder, `${name}.key`) };
}

async function openssl(folder: string, args: readonly string[]): Promise<void> {
  const { status, stderr } = await runProgram('openssl', args, folder);
  if (status !== 0) throw new Error(`openssl ${args.join(' ')}:\n${stderr}`);
}

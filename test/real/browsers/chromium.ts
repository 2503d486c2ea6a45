/** A plain Chromium: its pages reach this process over HTTP only. */
import { execFileSync } from 'node:child_process';
import { chromium, type Browser } from 'playwright-core';

/**
 * `*.localhost` are sites of their own, and secure contexts without certificates (Secure Contexts, 3.1); an IPv6 address leads
 * here too, so that nothing depends on whether this machine has one.
 */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--host-resolver-rules=MAP *.localhost 127.0.0.1,MAP ::1 127.0.0.1',
];

export function startChromium(moreFlags: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).trim(),
    headless: true,
    args: [...FLAGS, ...moreFlags],
  });
}

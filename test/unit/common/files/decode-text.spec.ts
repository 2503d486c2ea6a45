import { describe, expect, it } from '@jest/globals';
import { decodeText } from '../../../../src/common/files/decode-text.js';

const TEXT = '{"name": "Zoë", "value": “1”}\r\n';
const bigEndian = (text: string) => Buffer.from(text, 'utf16le').swap16();

describe('the text of a file', () => {
  it.each([
    ['UTF-8', Buffer.from(TEXT)],
    ['UTF-8 with a byte order mark (Notepad)', Buffer.from(`\uFEFF${TEXT}`)],
    ['UTF-16 LE with a byte order mark (PowerShell 5)', Buffer.from(`\uFEFF${TEXT}`, 'utf16le')],
    ['UTF-16 LE', Buffer.from(TEXT, 'utf16le')],
    ['UTF-16 BE with a byte order mark', bigEndian(`\uFEFF${TEXT}`)],
    ['UTF-16 BE', bigEndian(TEXT)],
    ['Windows-1252', Buffer.from('{"name": "Zo\xeb", "value": \x931\x94}\r\n', 'latin1')],
  ])('is read from %s', (_name, bytes) => {
    expect(decodeText(bytes)).toBe(TEXT);
  });

  it('is read from any bytes', () => {
    expect(decodeText(Buffer.from([]))).toBe('');
    expect(decodeText(Buffer.from([0]))).toBe('\0');
    expect(decodeText(Buffer.from([0xff, 0xfe]))).toBe('');
    expect(decodeText(Buffer.from([0x61, 0x80, 0xff]))).toBe('a€ÿ');
  });
});

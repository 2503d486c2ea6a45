/** JSON as people and programs write it. Pure; no error message contains the text. */
import { LineCounter, parseDocument } from 'yaml';
import { parseJson } from './parse-json.js';

export class JsonError extends Error {
  override readonly name = 'JsonError';
}

/**
 * The value of a JSON text. Comments, trailing commas, single quotes, and the literals of Python and JavaScript are read as well.
 * Throws a {@link JsonError} that names the line of the first slip.
 */
export function readJson(text: string): unknown {
  const strict = parseJson(text);
  if (strict !== undefined) return strict;
  if (!/^\s*[[{]/.test(text)) throw new JsonError('it does not start with { or [');
  const plain = withoutComments(text);
  const structure = plain.replaceAll(STRING, blank);
  if (isNestedTooDeep(structure) || DEEP_INDENT.test(plain)) throw new JsonError('it is nested too deep');
  const curly = lineOf(plain, /[“”„‘’]/.exec(structure)?.index);
  if (curly !== undefined) throw new JsonError(`line ${curly} has typographic quotes; use straight quotes`);
  const lines = new LineCounter();
  try {
    const document = parseDocument(plain, {
      schema: 'core',
      resolveKnownTags: false,
      stringKeys: true,
      uniqueKeys: false,
      logLevel: 'silent',
      lineCounter: lines,
    });
    const [error] = document.errors;
    if (error) throw new JsonError(`line ${lines.linePos(error.pos[0]).line} is not JSON`);
    return document.toJS();
  } catch (error) {
    if (error instanceof JsonError) throw error;
    // Nesting beyond the stack, or a text that refers to itself.
    throw new JsonError('it cannot be parsed');
  }
}

/** Far above every export. The YAML parser recurses, and Node ends the process if the stack runs out in a RegExp. */
const MAX_DEPTH = 100;
const DEEP_INDENT = /^ {200,}\S/m;
/** Nesting of YAML without brackets. */
const DEEP_BLOCKS = /(?:[-?:]\s+){20}/;

/** `structure`: the text without its strings. */
function isNestedTooDeep(structure: string): boolean {
  let depth = 0;
  for (const char of structure) {
    if (char === '[' || char === '{') depth++;
    else if (char === ']' || char === '}') depth--;
    if (depth > MAX_DEPTH) return true;
  }
  return DEEP_BLOCKS.test(structure);
}

/** A string, closed or not: an unclosed one ends at its line. */
const STRING = /"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?/g;
const COMMENT = /\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*/;
const STRING_OR_COMMENT = new RegExp(`${STRING.source}|${COMMENT.source}|\\t`, 'g');

/** Comments and tabs, which the YAML parser does not accept, become spaces; every line keeps its number. */
function withoutComments(text: string): string {
  return text.replaceAll(STRING_OR_COMMENT, (part) => (/^["']/.test(part) ? part : blank(part)));
}

function blank(part: string): string {
  return part.replaceAll(/[^\n]/g, ' ');
}

function lineOf(text: string, index: number | undefined): number | undefined {
  return index === undefined ? undefined : text.slice(0, index).split('\n').length;
}

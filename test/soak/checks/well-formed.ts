/** Whether a text is what it should be: XML with some root, or JSON. Pure. */
import { DOMParser } from '@xmldom/xmldom';

/** Why `text` is no well-formed document with that root; undefined when it is one. */
export function xmlProblem(text: string, root: string): string | undefined {
  const complain = (_level: string, message: string): never => {
    throw new Error(message);
  };
  try {
    const found = new DOMParser({ onError: complain }).parseFromString(text, 'text/xml').documentElement;
    return found?.localName === root ? undefined : `has the root ${found?.localName} instead of ${root}`;
  } catch (error) {
    return `is not well-formed (${(error as Error).message.slice(0, 80)})`;
  }
}

/** The value, or undefined when `text` is no JSON. */
export function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

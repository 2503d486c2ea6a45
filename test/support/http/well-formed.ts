/** Checks of documents. Pure. */
import { DOMParser } from '@xmldom/xmldom';

/** Why `text` is not a well-formed XML document with the root element `root`; undefined when it is one. */
export function xmlProblem(text: string, root: string): string | undefined {
  const onError = (_level: string, message: string): never => {
    throw new Error(message);
  };
  try {
    const found = new DOMParser({ onError }).parseFromString(text, 'text/xml').documentElement;
    return found?.localName === root ? undefined : `has the root ${found?.localName} instead of ${root}`;
  } catch (error) {
    return `is not well-formed XML (${(error as Error).message.slice(0, 80)})`;
  }
}

/** The value; undefined when `text` is not JSON. */
export function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The bundled script and style of the pages, as `npm run build` leaves them in dist/web. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface BundledFile {
  readonly mediaType: string;
  readonly plain: Buffer;
  readonly br: Buffer;
  readonly gzip: Buffer;
}

export interface Bundle {
  /** Names of the files that a page refers to. */
  readonly script: string;
  readonly style: string;
  /** Every file by its name, which has a hash of the content. */
  readonly files: ReadonlyMap<string, BundledFile>;
}

/** The same folder for the sources in src and for the compiled files in dist. */
const FOLDER = fileURLToPath(new URL('../../dist/web', import.meta.url));

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

/** Throws an Error when the build is missing. */
export function loadBundle(folder = FOLDER): Bundle {
  const names = (existsSync(folder) ? readdirSync(folder) : []).filter((name) =>
    Object.hasOwn(MEDIA_TYPES, extname(name)),
  );
  const read = (name: string) => readFileSync(join(folder, name));
  const main = (extension: string) => {
    const found = names.find((name) => name.startsWith('main-') && name.endsWith(extension));
    if (found === undefined)
      throw new Error(`The page is not built: ${folder} has no main${extension}; run "npm run build".`);
    return found;
  };
  return {
    script: main('.js'),
    style: main('.css'),
    files: new Map(
      names.map((name) => [
        name,
        {
          mediaType: MEDIA_TYPES[extname(name)]!,
          plain: read(name),
          br: read(`${name}.br`),
          gzip: read(`${name}.gz`),
        },
      ]),
    ),
  };
}

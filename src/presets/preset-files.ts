/** Finds the file that a URL below `/presets` names. Pure. */
import type { Layer } from '../catalog/index.js';
import { quoted } from '../common/text/quoted.js';
import { HttpProblem } from '../http/index.js';
import type { Client, ClientFile } from './client.js';
import { CLIENTS } from './clients.js';

export interface FoundFile {
  readonly client: Client;
  readonly file: ClientFile;
  /** The last path segment without its extension. */
  readonly name: string;
}

/** `id` is undefined for a file with several layers, whose name is the id of the client. Throws a 404 problem that says what exists. */
export function findFile(id: string | undefined, segment: string): FoundFile {
  const dot = segment.lastIndexOf('.');
  const name = dot < 0 ? segment : segment.slice(0, dot);
  const extension = dot < 0 ? undefined : segment.slice(dot + 1);
  const clientId = id ?? name;
  const rows = CLIENTS.filter((client) => client.id === clientId);
  for (const client of rows) {
    const { file } = client;
    if (file && file.extension === extension && (id !== undefined || file.layers !== 'one'))
      return { client, file, name };
  }
  if (rows.length === 0) {
    const ids = [...new Set(CLIENTS.map((client) => client.id))].join(', ');
    throw new HttpProblem(404, `Unknown client ${quoted(clientId)}; expected one of ${ids}.`);
  }
  const urls = rows.flatMap((client) => (client.file ? filePath(client.id, client.file, '{Layer}') : []));
  throw new HttpProblem(
    404,
    urls.length > 0
      ? `The client ${clientId} has no such file; expected ${urls.join(' or ')}.`
      : `The client ${clientId} has no file; the index at /presets has its settings.`,
  );
}

/** The path of a file; the URL of a file with several layers selects them with `sports` and `colors`. */
export function filePath(id: string, { layers, extension }: ClientFile, layer: string): string {
  return layers === 'one' ? `/presets/${id}/${layer}.${extension}` : `/presets/${id}.${extension}`;
}

/** The name for a download. */
export function fileName(id: string, file: ClientFile, layer: Layer): string {
  const subject = file.layers === 'one' ? layer.identifier : id;
  return file.fileName ?? `strava-heatmap-${subject}.${file.extension}`;
}

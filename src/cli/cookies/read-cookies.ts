/** Reads a cookie file of any supported format. */
import { fileProblem, readTextOrPipe } from '../../common/files/read-text.js';
import { CookieFileError, parseCookies, type FoundCookies } from '../../strava-cookies/index.js';
import { CommandFailure } from '../command.js';
import { EXIT } from '../exit-code.js';

/** Throws a {@link CommandFailure} that names the file and says what is accepted. */
export async function readCookies(path: string): Promise<FoundCookies> {
  let text: string;
  try {
    text = await readTextOrPipe(path);
  } catch (error) {
    throw new CommandFailure(EXIT.failed, `${path} cannot be read: ${fileProblem(error)}`);
  }
  try {
    return parseCookies(text);
  } catch (error) {
    if (!(error instanceof CookieFileError)) throw error;
    throw new CommandFailure(EXIT.failed, `${path}: ${error.message}`);
  }
}

/** Everything that is wrong with the settings, in one error: a sentence per problem, with its place. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

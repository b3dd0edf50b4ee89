import { DorsaleError } from '../errors.ts'
import type { ConfigProblem } from './types.ts'

/** Settings that do not hold, all of them at once. `code` is `DORSALE_CONFIG`; the message has one line per problem. */
export class ConfigError extends DorsaleError {
  override readonly name = 'ConfigError'
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[]) {
    super('DORSALE_CONFIG', problems.map(problem => problem.message).join('\n'))
    this.problems = problems
  }
}

import { DorsaleError } from '@dorsale/base'

/** Rejected by a start: the user has to do something about the directory. `code` is `DORSALE_LOG_DIRECTORY`. */
export class LogDirectoryError extends DorsaleError {
  override readonly name = 'LogDirectoryError'

  constructor(message: string) {
    super('DORSALE_LOG_DIRECTORY', message)
  }
}

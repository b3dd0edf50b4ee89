import { DorsaleError } from '@dorsale/base'

/** A directory is not what it should be: not formatted, of another cluster, unreadable. `code` is `DORSALE_STORAGE`. */
export class StorageError extends DorsaleError {
  override readonly name = 'StorageError'

  constructor(message: string, options: { cause?: unknown } = {}) {
    super('DORSALE_STORAGE', message, options)
  }
}

import { DorsaleError } from '@dorsale/base'

/** A metadata record contradicts the state before it: the log is corrupt, or a bug wrote it. `code` is `DORSALE_METADATA`. */
export class MetadataError extends DorsaleError {
  override readonly name = 'MetadataError'

  constructor(message: string) {
    super('DORSALE_METADATA', message)
  }
}

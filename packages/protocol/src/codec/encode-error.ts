import { DorsaleError } from '@dorsale/base'

/** A value that this version of a message cannot carry. `code` is `DORSALE_ENCODE`. */
export class EncodeError extends DorsaleError {
  override readonly name = 'EncodeError'
  readonly messageName: string
  readonly version: number
  /** Structure and field: `FetchRequest.clusterId`. */
  readonly path: string

  constructor(reason: string, place: { messageName: string; version: number; path: string }) {
    super('DORSALE_ENCODE', `${reason} (${place.messageName} v${place.version}, field ${place.path})`)
    this.messageName = place.messageName
    this.version = place.version
    this.path = place.path
  }
}

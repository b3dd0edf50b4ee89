import { DorsaleError } from '@dorsale/base'

/** Where in a message decoding stopped. */
export interface DecodePlace {
  /** Kafka's name of the message: `FetchRequest`. */
  message?: string | undefined
  version?: number | undefined
  /** Dotted path of the field, with indexes: `topics[3].partitions[0].fetchOffset`. */
  path?: string | undefined
  /** Offset of the offending byte in the array that was being decoded. */
  offset?: number | undefined
}

/** Bytes that are not what they claim to be. `code` is `DORSALE_DECODE`. The reader that threw is finished: close the connection. */
export class DecodeError extends DorsaleError {
  override readonly name = 'DecodeError'
  readonly messageName: string | undefined
  readonly version: number | undefined
  readonly path: string | undefined
  readonly offset: number | undefined
  /** What was wrong, without the place. */
  readonly reason: string

  constructor(reason: string, place: DecodePlace = {}, cause?: unknown) {
    super('DORSALE_DECODE', describe(reason, place), { cause })
    this.reason = reason
    this.messageName = place.message
    this.version = place.version
    this.path = place.path
    this.offset = place.offset
  }
}

function describe(reason: string, { message, version, path, offset }: DecodePlace): string {
  const where: string[] = []
  if (message !== undefined) where.push(`${message} v${version ?? '?'}`)
  if (path !== undefined && path !== '') where.push(`field ${path}`)
  if (offset !== undefined) where.push(`offset ${offset}`)
  return where.length === 0 ? reason : `${reason} (${where.join(', ')})`
}

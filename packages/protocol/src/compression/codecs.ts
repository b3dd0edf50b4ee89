import type { Codec, CodecName } from './codec.ts'
import { lz4 } from './lz4.ts'
import { snappy } from './snappy.ts'
import { gzip, zstd } from './zlib-codecs.ts'

/** The codecs by Kafka's names. */
export const codecs: Readonly<Record<CodecName, Codec>> = { gzip, snappy, lz4, zstd }

const byId: readonly (Codec | undefined)[] = [undefined, gzip, snappy, lz4, zstd]

/** The codec of an id in a batch's attributes; undefined for 0 (none) and for the ids 5 to 7, which mean nothing. */
export function codecOf(id: number): Codec | undefined {
  return byId[id]
}

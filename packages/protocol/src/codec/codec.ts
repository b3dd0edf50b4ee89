import type { ByteReader } from '../bytes/byte-reader.ts'
import type { ByteWriter } from '../bytes/byte-writer.ts'

/** Reads and writes one message at one version. Values are checked by the types of the functions that hand codecs out. */
export interface Codec {
  decode(reader: ByteReader): unknown
  encode(writer: ByteWriter, value: unknown): void
}

/** Kafka's codecs under kafkajs's numbers. */
import { type CodecName, codecs } from '@dorsale/protocol'
import { CompressionTypes } from './enums.ts'

const names: ReadonlyMap<number, CodecName> = new Map([
  [CompressionTypes.GZIP, 'gzip'],
  [CompressionTypes.Snappy, 'snappy'],
  [CompressionTypes.LZ4, 'lz4'],
  [CompressionTypes.ZSTD, 'zstd'],
])

/** Kafka's name of a codec; undefined for a number that has none. */
export function codecNameOf(type: number): CodecName | 'none' | undefined {
  return type === CompressionTypes.None ? 'none' : names.get(type)
}

/** The most that one batch may open to, for those who call a codec themselves. */
const openedBytesMax = 256 * 1024 * 1024

interface KafkajsCodec {
  compress(encoder: { buffer: Buffer }): Promise<Buffer>
  decompress(buffer: Buffer): Promise<Buffer>
}

function codecOf(name: CodecName): () => KafkajsCodec {
  const buffer = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  return () => ({
    compress: async encoder => buffer(codecs[name].compress(encoder.buffer)),
    decompress: async bytes => buffer(codecs[name].decompress(bytes, openedBytesMax)),
  })
}

/**
 * kafkajs's place for codecs that an application brings. All of Kafka's are in the client already, so what an application puts here is taken and not called: a format of
 * Kafka's is the same whoever writes it.
 */
// biome-ignore-start lint/suspicious/noExplicitAny: as kafkajs declares it.
export const CompressionCodecs: {
  [CompressionTypes.GZIP]: () => any
  [CompressionTypes.Snappy]: () => any
  [CompressionTypes.LZ4]: () => any
  [CompressionTypes.ZSTD]: () => any
} = {
  // biome-ignore-end lint/suspicious/noExplicitAny: as kafkajs declares it.
  [CompressionTypes.GZIP]: codecOf('gzip'),
  [CompressionTypes.Snappy]: codecOf('snappy'),
  [CompressionTypes.LZ4]: codecOf('lz4'),
  [CompressionTypes.ZSTD]: codecOf('zstd'),
}

export type { BlockFraming } from './block-framing.ts'
export { type Codec, type CodecLevels, type CodecName, CompressionError, type PlainMemory } from './codec.ts'
export * from './codecs.ts'

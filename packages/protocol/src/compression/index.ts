export { type Codec, type CodecLevels, type CodecName, CompressionError } from './codec.ts'
export * from './codecs.ts'

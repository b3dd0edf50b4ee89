import { createRequire } from 'node:module'
import { lazily } from '@dorsale/base'

/**
 * Compressors of lz4 and snappy, which only writers of those codecs need: a broker passes on what producers have compressed. Loading them compiles WebAssembly,
 * 7 of the 135 ms of CPU that a start took.
 */
export const wasmCompressors = lazily((): typeof import('@platformatic/wasm-utils') =>
  createRequire(import.meta.url)('@platformatic/wasm-utils'),
)

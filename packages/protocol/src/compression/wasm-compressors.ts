import { createRequire } from 'node:module'
import { lazily } from '@dorsale/base'

/**
 * The compressor of snappy, which only writers of that codec need: a broker passes on what producers have compressed. Loading it compiles WebAssembly,
 * 7 of the 135 ms of CPU that a start took.
 */
export const wasmCompressors = lazily((): typeof import('@platformatic/wasm-utils') =>
  createRequire(import.meta.url)('@platformatic/wasm-utils'),
)

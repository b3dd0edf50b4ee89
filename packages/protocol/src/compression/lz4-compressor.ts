import { assert, lazily } from '@dorsale/base'
import { lz4BlockWasm } from './lz4-block-wasm.ts'

/** What the compressor takes at a time: the distances of lz4 and the places of its table have 16 bits. */
export const lz4BlockBytesMax = 64 * 1024

/** Where plain bytes and blocks lie in the compressor's memory, behind its table. Noise comes out longer than it went in: 16 bytes and one for 255. */
const plainAt = 16 * 1024
const blockAt = plainAt + lz4BlockBytesMax + 64

/** The little of WebAssembly that is used here: TypeScript has it among the types of browsers. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  compress(source: number, length: number, target: number): number
}

/** One for all: nothing of a block is left in it when the next one comes, and its 256 KiB do not grow. */
const compressor = lazily(() => {
  const module = new WebAssembly.Module(Buffer.from(lz4BlockWasm, 'base64'))
  const { memory, compress } = new WebAssembly.Instance(module).exports as Exports
  return { memory: new Uint8Array(memory.buffer), compress }
})

/** The lz4 block of `plain[start, end)`, at most `lz4BlockBytesMax` bytes. The answer is valid until the next call. */
export function compressLz4Block(plain: Uint8Array, start: number, end: number): Uint8Array {
  assert(end - start <= lz4BlockBytesMax, 'a block of lz4 holds at most 64 KiB')
  const { memory, compress } = compressor()
  memory.set(plain.subarray(start, end), plainAt)
  const size = compress(plainAt, end - start, blockAt)
  return memory.subarray(blockAt, blockAt + size)
}

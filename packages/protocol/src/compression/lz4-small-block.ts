/**
 * Blocks of lz4 of at most 64 KiB, both ways, by WebAssembly (lz4-block.wat): as fast as liblz4 one way, and at 7.5 GB/s the other, where JavaScript decodes 1.9 (records of 10 KB, on one core of
 * an AMD EPYC, Node 24).
 */
import { assert, lazily } from '@dorsale/base'
import { lz4BlockWasm } from './lz4-block-wasm.ts'

/** Plain bytes of a block: distances and the places of the compressor's table have 16 bits. */
export const lz4SmallBlockBytesMax = 64 * 1024

/** Where bytes lie in the memory of the module, behind its table. Noise comes out of the compressor longer than it went in: 16 bytes and one for 255. */
const sourceAt = 16 * 1024
const targetAt = sourceAt + lz4SmallBlockBytesMax + 64

/** The little of WebAssembly that is used here: TypeScript has it among the types of browsers. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  compress(source: number, length: number, target: number): number
  decompress(source: number, length: number, target: number, room: number): number
}

/** One for all: nothing of a block matters to the next one, and its 256 KiB do not grow. */
const machine = lazily(() => {
  const module = new WebAssembly.Module(Buffer.from(lz4BlockWasm, 'base64'))
  const { memory, compress, decompress } = new WebAssembly.Instance(module).exports as Exports
  return { memory: new Uint8Array(memory.buffer), compress, decompress }
})

/** The lz4 block of `plain[start, end)`. The answer is valid until the next call of a function of this module. */
export function compressLz4Block(plain: Uint8Array, start: number, end: number): Uint8Array {
  assert(end - start <= lz4SmallBlockBytesMax, 'a small block of lz4 holds at most 64 KiB')
  const { memory, compress } = machine()
  memory.set(plain.subarray(start, end), sourceAt)
  const size = compress(sourceAt, end - start, targetAt)
  return memory.subarray(targetAt, targetAt + size)
}

/**
 * The plain bytes of the block in `source[start, end)`; undefined when it is damaged or holds more than `room`. Neither is more than 64 KiB. The answer is valid until the next call of a function of
 * this module.
 */
export function decodeSmallLz4Block(
  source: Uint8Array,
  start: number,
  end: number,
  room: number,
): Uint8Array | undefined {
  assert(Math.max(end - start, room) <= lz4SmallBlockBytesMax, 'a small block of lz4 has at most 64 KiB')
  const { memory, decompress } = machine()
  memory.set(source.subarray(start, end), sourceAt)
  const size = decompress(sourceAt, end - start, targetAt, room)
  return size < 0 ? undefined : memory.subarray(targetAt, targetAt + size)
}

/**
 * The codecs over JSON events and English-like text, beside the decompressors of @platformatic/wasm-utils that we do not use:
 *
 *     node packages/protocol/src/compression/codecs.bench.ts
 *
 * MB/s of plain bytes; the best of many short rounds. Of 16 KB JSON, Node 24 on a shared EPYC, November 2026: gzip 260 in, 1300 out; snappy 1900
 * and 1600; lz4 2000 and 4700; zstd 550 and 930. Their WebAssembly decodes a snappy block at 2800 and an lz4 frame at 2500; ours cannot take more
 * than the room they are given, which is why they are used. Blocks of lz4 beyond 64 KiB are decoded in JavaScript, at 1500.
 */
import { lz4Decompress, snappyDecompress } from '@platformatic/wasm-utils'
import type { CodecName } from './codec.ts'
import { codecs } from './codecs.ts'
import { decodeLz4Block } from './lz4-block.ts'
import { decodeSnappyBlock } from './snappy-block.ts'

const words = 'the quick brown fox jumps over a lazy dog while seventeen other animals watch from behind bushes'.split(
  ' ',
)

const inputs = {
  json: (size: number) =>
    fill(
      size,
      index => `{"id":${index},"user":"u${(index * 7919) % 100_003}","action":"view","page":"/p/${index % 997}"}`,
    ),
  text: (size: number) => fill(size, index => `${words[((index * 1103515245 + 12345) >>> 8) % words.length]} `),
}

function fill(size: number, piece: (index: number) => string): Buffer {
  let text = ''
  for (let index = 0; text.length < size; index++) text += piece(index)
  return Buffer.from(text.slice(0, size))
}

function measure(bytes: number, run: () => void): string {
  for (let index = 0; index < 50; index++) run()
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 40; round++) {
    const start = process.hrtime.bigint()
    let calls = 0
    while (process.hrtime.bigint() - start < 4_000_000n) {
      run()
      calls++
    }
    best = Math.min(best, Number(process.hrtime.bigint() - start) / calls)
  }
  return ((bytes / best) * 1000).toFixed(0).padStart(5)
}

for (const [kind, make] of Object.entries(inputs)) {
  for (const size of [1024, 16_384, 1_000_000]) {
    const plain = make(size)
    for (const name of Object.keys(codecs) as CodecName[]) {
      const codec = codecs[name]
      const block = codec.compress(plain)
      const ratio = (size / block.length).toFixed(1)
      const compress = measure(size, () => codec.compress(plain))
      const decompress = measure(size, () => codec.decompress(block, size))
      const title = `${kind} ${size} ${name}`.padEnd(24)
      process.stdout.write(`${title} ratio ${ratio.padStart(5)} compress ${compress} decompress ${decompress} MB/s\n`)
    }
  }
}

// One block each, as the frames hold them: ours against WebAssembly's.
const plain = inputs.json(32_768)
const target = new Uint8Array(plain.length)
const snappyBlock = Buffer.from(codecs.snappy.compress(plain).subarray(20))
const lz4Frame = Buffer.from(codecs.lz4.compress(plain))
const lz4Block = lz4Frame.subarray(11, lz4Frame.length - 4)
for (const [name, run] of [
  ['snappy block, ours', () => decodeSnappyBlock(snappyBlock, 0, snappyBlock.length, target, 0)],
  ['snappy block, wasm', () => snappyDecompress(snappyBlock)],
  ['lz4 block, ours', () => decodeLz4Block(lz4Block, 0, lz4Block.length, target, 0)],
  ['lz4 frame, wasm', () => lz4Decompress(lz4Frame)],
] as const) {
  process.stdout.write(`${name.padEnd(24)} ${measure(plain.length, run)} MB/s\n`)
}

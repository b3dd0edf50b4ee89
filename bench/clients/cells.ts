/** What is asked of every client, and how much of it. */

export type Job = 'produce' | 'await' | 'consume'

export interface Cell {
  readonly name: string
  readonly title: string
  readonly job: Job
  readonly size: number
  readonly codec: 'none' | 'lz4'
  readonly records: number
}

const sizes = [100, 1000, 10_000] as const
const codecs = ['none', 'lz4'] as const

/** Records of each size that take a client some seconds. */
const batched: Readonly<Record<(typeof sizes)[number], number>> = { 100: 2_000_000, 1000: 500_000, 10000: 50_000 }
/** Some seconds too: most of the first one is V8's compilers, in every client that is written in JavaScript. */
const awaited = 20_000

/** `share` of the records: 1 for what counts, less to see that it works. */
export function cells(share: number): readonly Cell[] {
  const scaled = (records: number) => Math.ceil(records * share)
  const named = (cell: Omit<Cell, 'name'>): Cell => ({ ...cell, name: `${cell.job}-${cell.size}-${cell.codec}` })
  const words = (size: number, codec: string) => `${size.toLocaleString('en')} B, ${codec}`
  return [
    ...sizes.flatMap(size =>
      codecs.map(codec =>
        named({ job: 'produce', title: `produce, ${words(size, codec)}`, size, codec, records: scaled(batched[size]) }),
      ),
    ),
    ...sizes.map(size =>
      named({
        job: 'await',
        title: `produce one by one, each awaited, ${words(size, 'none')}`,
        size,
        codec: 'none',
        records: scaled(awaited),
      }),
    ),
    ...sizes.flatMap(size =>
      codecs.map(codec =>
        named({ job: 'consume', title: `consume, ${words(size, codec)}`, size, codec, records: scaled(batched[size]) }),
      ),
    ),
  ]
}

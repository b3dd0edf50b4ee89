/**
 * ListSerializer (KIP-466): a list of values of one serde, null among them.
 *
 *     constant size   0x00 | nulls: int32, then the index of each: int32 | count: int32 | entries that are not null, one after another
 *     variable size   0x01 | count: int32 | for each entry its length: int32 (-1: null) and its bytes
 *
 * Numbers and UUIDs have a constant size. Bytes behind the last entry are ignored, as Kafka ignores them.
 */
import type { FixedSizeSerde } from './numbers.ts'
import type { SerdeContext, SyncSerde } from './serde.ts'

const constantSize = 0
const variableSize = 1
const nullLength = -1
/** Kafka has booleans written with their lengths, though all of them take one byte. */
const smallestConstantSize = 2

/** A serde of lists whose entries are of another serde. */
export function listSerde<Out, In = Out>(
  inner: SyncSerde<Out, In> | FixedSizeSerde<Out, In>,
): SyncSerde<(Out | null)[], readonly (In | null)[]> {
  const size = 'sizeInBytes' in inner && inner.sizeInBytes >= smallestConstantSize ? inner.sizeInBytes : undefined
  return {
    copies: inner.copies === true,
    serialize: (values, context) => writeList(inner, size, values, context),
    deserialize: (bytes, context) => readList(inner, size, new Cursor(bytes), context),
  }
}

function writeList<In>(
  inner: SyncSerde<unknown, In>,
  size: number | undefined,
  values: readonly (In | null)[],
  context: SerdeContext,
): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(size === undefined ? variableSize : constantSize)]
  if (size !== undefined) {
    const nulls = values.flatMap((value, index) => (value === null ? [index] : []))
    parts.push(int32(nulls.length), ...nulls.map(int32))
  }
  parts.push(int32(values.length))
  for (const value of values) {
    const bytes = value === null ? undefined : inner.serialize(value, context)
    if (size === undefined) parts.push(int32(bytes?.length ?? nullLength))
    if (bytes !== undefined) parts.push(bytes)
  }
  return Buffer.concat(parts)
}

function readList<Out>(
  inner: SyncSerde<Out, never>,
  size: number | undefined,
  cursor: Cursor,
  context: SerdeContext,
): (Out | null)[] {
  const form = cursor.take(1)[0]
  if (form !== constantSize && form !== variableSize) throw new RangeError(`a list begins with 0 or 1, not ${form}`)
  if (form === constantSize && size === undefined) throw new TypeError('these entries have no constant size')
  const nulls = form === constantSize ? readNulls(cursor) : undefined
  const count = cursor.int32()
  const entrySizeMin = form === constantSize ? 0 : 4
  // A count that the bytes cannot hold is refused before anything is made room for.
  if (count < 0 || count * entrySizeMin > cursor.left || (nulls && count - nulls.size > cursor.left)) {
    throw new RangeError(`a list of ${count} entries cannot be in ${cursor.left} bytes`)
  }
  const values: (Out | null)[] = []
  for (let index = 0; index < count; index++) {
    const length = nulls === undefined ? cursor.int32() : nulls.has(index) ? nullLength : size!
    values.push(length === nullLength ? null : inner.deserialize(cursor.take(length), context))
  }
  return values
}

function readNulls(cursor: Cursor): Set<number> {
  const count = cursor.int32()
  const nulls = new Set<number>()
  for (let index = 0; index < count; index++) nulls.add(cursor.int32())
  return nulls
}

/** Reads on, and never past the end. */
class Cursor {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #position = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  get left(): number {
    return this.#bytes.length - this.#position
  }

  int32(): number {
    this.#step(4)
    return this.#view.getInt32(this.#position - 4)
  }

  take(length: number): Uint8Array {
    this.#step(length)
    return this.#bytes.subarray(this.#position - length, this.#position)
  }

  #step(length: number): void {
    if (length < 0 || length > this.left)
      throw new RangeError(`a list ends in the middle: ${this.left} of ${length} bytes`)
    this.#position += length
  }
}

function int32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setInt32(0, value)
  return bytes
}

/** Kafka's serdes of numbers and booleans: fixed sizes, big endian, and nothing but that size is read. */
import type { SyncSerde } from './serde.ts'

/** A serde whose values all take the same number of bytes. */
export interface FixedSizeSerde<Out, In = Out> extends SyncSerde<Out, In> {
  readonly sizeInBytes: number
}

/** ShortSerializer: two bytes. */
export const shortSerde: FixedSizeSerde<number> = integral('a short', 2, {
  write: (view, value) => view.setInt16(0, value),
  read: view => view.getInt16(0),
})

/** IntegerSerializer: four bytes. */
export const integerSerde: FixedSizeSerde<number> = integral('an integer', 4, {
  write: (view, value) => view.setInt32(0, value),
  read: view => view.getInt32(0),
})

/** LongSerializer: eight bytes. Reads a bigint, since a number would round beyond 2^53; writes both, a number only while it is exact. */
export const longSerde: FixedSizeSerde<bigint, bigint | number> = fixedSize(8, {
  write(view, value) {
    if (typeof value === 'number' && !Number.isSafeInteger(value)) throw new RangeError(`${value} is no exact long`)
    const long = BigInt(value)
    if (BigInt.asIntN(64, long) !== long) throw new RangeError(`${long} does not fit in 64 bits`)
    view.setBigInt64(0, long)
  },
  read: view => view.getBigInt64(0),
})

/** FloatSerializer: four bytes, IEEE 754. What single precision cannot hold is rounded, as a cast in Java does. */
export const floatSerde: FixedSizeSerde<number> = fixedSize(4, {
  write: (view, value) => view.setFloat32(0, value),
  read: view => view.getFloat32(0),
})

/** DoubleSerializer: eight bytes, IEEE 754. */
export const doubleSerde: FixedSizeSerde<number> = fixedSize(8, {
  write: (view, value) => view.setFloat64(0, value),
  read: view => view.getFloat64(0),
})

/** BooleanSerializer: one byte, 1 or 0. */
export const booleanSerde: FixedSizeSerde<boolean> = fixedSize(1, {
  write: (view, value) => view.setUint8(0, value ? 1 : 0),
  read(view) {
    const byte = view.getUint8(0)
    if (byte > 1) throw new RangeError(`a boolean is 1 or 0, not ${byte}`)
    return byte === 1
  },
})

interface Form<Out, In> {
  write(view: DataView, value: In): void
  read(view: DataView): Out
}

function fixedSize<Out, In = Out>(sizeInBytes: number, { write, read }: Form<Out, In>): FixedSizeSerde<Out, In> {
  return {
    sizeInBytes,
    copies: true,
    serialize(value) {
      const bytes = new Uint8Array(sizeInBytes)
      write(new DataView(bytes.buffer), value)
      return bytes
    },
    deserialize(bytes) {
      if (bytes.length !== sizeInBytes) {
        throw new RangeError(`${sizeInBytes} bytes are expected, these are ${bytes.length}`)
      }
      return read(new DataView(bytes.buffer, bytes.byteOffset, sizeInBytes))
    },
  }
}

/** Refuses what JavaScript would wrap around or cut. */
function integral(name: string, sizeInBytes: number, form: Form<number, number>): FixedSizeSerde<number> {
  const limit = 2 ** (sizeInBytes * 8 - 1)
  return fixedSize(sizeInBytes, {
    ...form,
    write(view, value) {
      if (!Number.isInteger(value) || value < -limit || value >= limit) throw new RangeError(`${value} is not ${name}`)
      form.write(view, value)
    },
  })
}

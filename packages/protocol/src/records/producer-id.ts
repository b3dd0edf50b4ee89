import { readInt64, writeInt64 } from '../bytes/index.ts'

/** A producer id is an identity, of which no bit may be lost: a number while it is safe, otherwise the bigint. -1 is "none". */
export type ProducerId = number | bigint

/** Reads a big-endian producer id. */
export function readProducerId(view: DataView, position: number): ProducerId {
  const value = readInt64(view, position)
  return Number.isFinite(value) ? value : view.getBigInt64(position)
}

/** Writes a big-endian producer id of either form. */
export function writeProducerId(view: DataView, position: number, value: ProducerId): void {
  if (typeof value === 'bigint') view.setBigInt64(position, value)
  else writeInt64(view, position, value)
}

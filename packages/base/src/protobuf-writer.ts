/**
 * Writes messages of protobuf, field by field: for formats of a few fields in one direction, where a library would be most of the code. A message inside is written first, and its length put
 * before it then.
 */
export class ProtobufWriter {
  #buffer = Buffer.allocUnsafe(16 * 1024)
  #length = 0

  /** What was written: a view that holds until more is. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length)
  }

  message(field: number, write: () => void): void {
    this.#tag(field, wireTypes.bytes)
    const start = this.#length
    write()
    const size = this.#length - start
    const lengthBytes = varintSize(size)
    this.#reserve(lengthBytes)
    this.#buffer.copyWithin(start + lengthBytes, start, this.#length)
    this.#length = start
    this.#writeVarint(size)
    this.#length += size
  }

  text(field: number, text: string): void {
    const size = Buffer.byteLength(text)
    this.#tag(field, wireTypes.bytes)
    this.#writeVarint(size)
    this.#reserve(size)
    this.#buffer.write(text, this.#length)
    this.#length += size
  }

  double(field: number, value: number): void {
    this.#tag(field, wireTypes.fixed64)
    this.#reserve(8)
    this.#length = this.#buffer.writeDoubleLE(value, this.#length)
  }

  fixed64(field: number, value: bigint): void {
    this.#tag(field, wireTypes.fixed64)
    this.#reserve(8)
    this.#length = this.#buffer.writeBigUInt64LE(value, this.#length)
  }

  /** Fields that are encoded already, as they are. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#buffer.set(bytes, this.#length)
    this.#length += bytes.length
  }

  varint(field: number, value: number): void {
    this.#tag(field, wireTypes.varint)
    this.#writeVarint(value)
  }

  #tag(field: number, wireType: number): void {
    this.#writeVarint((field << 3) | wireType)
  }

  #writeVarint(value: number): void {
    this.#reserve(5)
    let rest = value
    for (; rest > 0x7f; rest >>>= 7) this.#buffer[this.#length++] = (rest & 0x7f) | 0x80
    this.#buffer[this.#length++] = rest
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + bytes))
    this.#buffer.copy(larger, 0, 0, this.#length)
    this.#buffer = larger
  }
}

const wireTypes = { varint: 0, fixed64: 1, bytes: 2 } as const

function varintSize(value: number): number {
  let size = 1
  for (let rest = value; rest > 0x7f; rest >>>= 7) size++
  return size
}

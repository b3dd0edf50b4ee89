/**
 * Memory that is lent, and lent again when it was given back: without the collector, and its pages are mapped already. To give back moves the memory to another `ArrayBuffer` (`transfer`), so that
 * every view of it that somebody has kept is empty from then on: nobody is ever shown what was put there for somebody else.
 */
export class LendingPool {
  readonly #idleBytesMax: number
  readonly #lent = new WeakSet<ArrayBufferLike>()
  /** The oldest first. */
  readonly #idle: ArrayBuffer[] = []
  #idleBytes = 0

  /** `idleBytesMax`: memory that lies idle at most. What has lain longest is let go of first. */
  constructor({ idleBytesMax }: { idleBytesMax: number }) {
    this.#idleBytesMax = idleBytesMax
  }

  get idleBytes(): number {
    return this.#idleBytes
  }

  /** An array of this size; what is in it at first means nothing. One that is never given back is garbage like any other, and so is one of less than 32 KB, which costs as much to look for as to make. */
  lend(sizeInBytes: number): Uint8Array {
    if (sizeInBytes < lentBytesMin) return new Uint8Array(Buffer.allocUnsafeSlow(sizeInBytes).buffer)
    const buffer = this.#takeIdle(sizeInBytes) ?? Buffer.allocUnsafeSlow(roundedUp(sizeInBytes)).buffer
    this.#lent.add(buffer)
    return new Uint8Array(buffer, 0, sizeInBytes)
  }

  /** Takes back what `lend` has answered, or any view of it. Other memory is left as it is. */
  takeBack({ buffer }: Uint8Array): void {
    if (!this.#lent.delete(buffer)) return
    const memory = (buffer as ArrayBuffer).transfer()
    if (memory.byteLength > this.#idleBytesMax) return
    this.#idle.push(memory)
    this.#idleBytes += memory.byteLength
    while (this.#idleBytes > this.#idleBytesMax) this.#idleBytes -= (this.#idle.shift() as ArrayBuffer).byteLength
  }

  /** Lets go of what lies idle. */
  clear(): void {
    this.#idle.length = 0
    this.#idleBytes = 0
  }

  /** The smallest that is large enough: there are a few, and sizes are alike. */
  #takeIdle(sizeInBytes: number): ArrayBuffer | undefined {
    let best = -1
    let bestBytes = Number.POSITIVE_INFINITY
    this.#idle.forEach(({ byteLength }, index) => {
      if (byteLength < sizeInBytes || byteLength >= bestBytes) return
      best = index
      bestBytes = byteLength
    })
    if (best < 0) return undefined
    this.#idleBytes -= bestBytes
    return this.#idle.splice(best, 1)[0]
  }
}

/** So that sizes that differ a little meet again; an eighth is wasted at most. */
function roundedUp(sizeInBytes: number): number {
  const step = 2 ** Math.max(12, Math.floor(Math.log2(sizeInBytes)) - 3)
  return Math.ceil(sizeInBytes / step) * step
}

const lentBytesMin = 32 * 1024

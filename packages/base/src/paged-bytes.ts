/** A page of a file in memory. Small enough that a hole of a sparse file costs nothing worth counting, large enough that copying is one call. */
const pageSize = 64 * 1024
const pageSizeMin = 256

/**
 * The bytes of a file that grows, is cut and has holes. Growing copies one page at most; what was never written takes no memory and reads as
 * zeros. Only the last page is smaller than the others, and doubles.
 */
export class PagedBytes {
  readonly #pages: (Uint8Array | undefined)[] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Fills `target` from `position`; answers how many bytes were there. */
  read(target: Uint8Array, position: number): number {
    const length = Math.max(Math.min(target.length, this.#size - position), 0)
    for (let done = 0; done < length; ) {
      const at = position + done
      const start = at % pageSize
      const count = Math.min(length - done, pageSize - start)
      const page = this.#pages[Math.floor(at / pageSize)]
      const there = page === undefined ? 0 : Math.max(Math.min(page.length - start, count), 0)
      if (page !== undefined && there > 0) target.set(page.subarray(start, start + there), done)
      if (there < count) target.fill(0, done + there, done + count)
      done += count
    }
    return length
  }

  /** Copies `bytes` to `position`; a gap before them reads as zeros. */
  write(bytes: Uint8Array, position: number): void {
    for (let done = 0; done < bytes.length; ) {
      const at = position + done
      const start = at % pageSize
      const count = Math.min(bytes.length - done, pageSize - start)
      this.#page(Math.floor(at / pageSize), start + count).set(bytes.subarray(done, done + count), start)
      done += count
    }
    this.#size = Math.max(this.#size, position + bytes.length)
  }

  /** Cuts, or extends with zeros. */
  resize(size: number): void {
    if (size < this.#size) {
      const inLast = size % pageSize
      this.#pages.length = Math.min(this.#pages.length, Math.ceil(size / pageSize))
      // What is cut off must read as zeros should the file grow again.
      if (inLast > 0) this.#pages[Math.floor(size / pageSize)]?.fill(0, inLast)
    }
    this.#size = size
  }

  copy(): PagedBytes {
    const copy = new PagedBytes()
    for (const page of this.#pages) copy.#pages.push(page?.slice())
    copy.#size = this.#size
    return copy
  }

  /** The page, with room for its first `length` bytes. */
  #page(index: number, length: number): Uint8Array {
    const page = this.#pages[index]
    if (page !== undefined && page.length >= length) return page
    let size = Math.max(page?.length ?? 0, pageSizeMin)
    while (size < length) size *= 2
    const larger = new Uint8Array(size)
    if (page !== undefined) larger.set(page)
    while (this.#pages.length < index) this.#pages.push(undefined)
    this.#pages[index] = larger
    return larger
  }
}

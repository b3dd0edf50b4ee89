/**
 * A first-in first-out queue: an array with a read index, compacted when half of it has been read, so that both ends cost
 * a few nanoseconds however long it grows (`Array.shift` moves the rest each time). It has no bound of its own: its owner
 * states one.
 */
export class Queue<T> {
  #items: (T | undefined)[] = []
  #readIndex = 0

  get length(): number {
    return this.#items.length - this.#readIndex
  }

  push(item: T): void {
    this.#items.push(item)
  }

  /** The oldest item, which stays. */
  peek(): T | undefined {
    return this.#items[this.#readIndex]
  }

  /** Takes the oldest item; undefined when empty. */
  shift(): T | undefined {
    if (this.#readIndex === this.#items.length) return undefined
    const item = this.#items[this.#readIndex]
    // Let go of the item at once: the array keeps its slot until the next compaction.
    this.#items[this.#readIndex] = undefined
    this.#readIndex++
    if (this.#readIndex === this.#items.length) {
      this.#items.length = 0
      this.#readIndex = 0
    } else if (this.#readIndex >= compactAt && this.#readIndex * 2 >= this.#items.length) {
      this.#items.splice(0, this.#readIndex)
      this.#readIndex = 0
    }
    return item
  }

  /** Puts an item back before the oldest. */
  unshift(item: T): void {
    if (this.#readIndex > 0) this.#items[--this.#readIndex] = item
    else this.#items.unshift(item)
  }

  clear(): void {
    this.#items = []
    this.#readIndex = 0
  }

  /** Oldest first. The queue must not change meanwhile. */
  *[Symbol.iterator](): IterableIterator<T> {
    for (let index = this.#readIndex; index < this.#items.length; index++) yield this.#items[index] as T
  }
}

/** Below this a splice costs more than the memory it frees. */
const compactAt = 1024

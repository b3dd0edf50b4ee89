/** What is to happen at a moment of virtual time. */
export interface QueuedEvent {
  atMs: number
  /** Breaks ties: events of one moment happen in the order in which they were planned. */
  readonly sequence: number
  readonly cancelled: boolean
}

/** The future, soonest first: a binary heap. Cancelled events stay until their turn and are then passed over. */
export class EventQueue<E extends QueuedEvent> {
  readonly #heap: E[] = []

  get length(): number {
    return this.#heap.length
  }

  push(event: E): void {
    const heap = this.#heap
    let index = heap.length
    heap.push(event)
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!before(event, heap[parent] as E)) break
      heap[index] = heap[parent] as E
      index = parent
    }
    heap[index] = event
  }

  peek(): E | undefined {
    while (this.#heap[0]?.cancelled) this.#take()
    return this.#heap[0]
  }

  pop(): E | undefined {
    return this.peek() && this.#take()
  }

  #take(): E | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (heap.length === 0 || last === undefined) return first
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && before(heap[child + 1] as E, heap[child] as E)) child++
      if (!before(heap[child] as E, last)) break
      heap[index] = heap[child] as E
      index = child
    }
    heap[index] = last
    return first
  }
}

function before(a: QueuedEvent, b: QueuedEvent): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.sequence < b.sequence)
}

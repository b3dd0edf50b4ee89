/** Work off the event loop's thread, handed in (D5): compression of large batches, hashing, index rebuilds. */
export interface Offload {
  /**
   * Runs the task elsewhere. Rejects with an `OffloadError` when it throws. Buffers in the input are copied, not transferred: whether
   * that is worth it, or the work is done in place, is the caller's choice by size. Tasks may finish in any order.
   */
  run<Input, Output>(task: OffloadTask<Input, Output>, input: Input): Promise<Output>
}

/**
 * A pure function that can be found again from another thread: `export` it under `name` in the module `url` (`import.meta.url`).
 * Input and output are structured-cloneable.
 */
export interface OffloadTask<Input, Output> {
  readonly url: string
  readonly name: string
  readonly run: (input: Input) => Output
}

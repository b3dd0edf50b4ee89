/** How fast the estimate follows batches that compress better, or worse, than it says: Kafka's figures. */
const improvingStep = 0.005
const deterioratingStep = 0.05
/** Room for batches that compress worse than the last ones. */
const margin = 1.05

/**
 * What part of its bytes a batch of one topic has left after compression, learnt from the batches before. Worse is believed at once, better slowly: a batch that grows
 * larger than its topic takes has to be split and sent again.
 */
export class CompressionRatio {
  #ratio = 1

  /** By what plain bytes are multiplied to tell the size of a batch that is still growing. */
  get estimate(): number {
    return this.#ratio * margin
  }

  observe(ratio: number): void {
    if (ratio > this.#ratio) this.#ratio = Math.max(this.#ratio + deterioratingStep, ratio)
    else if (ratio < this.#ratio) this.#ratio = Math.max(this.#ratio - improvingStep, ratio)
  }

  /** A batch was too large: begin anew, with no hope. */
  reset(): void {
    this.#ratio = 1
  }
}

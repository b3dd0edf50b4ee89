import type { TopicPartitions } from '../types.ts'

interface TopicPause {
  isWhole: boolean
  readonly paused: Set<number>
  readonly resumed: Set<number>
}

/** What the application has paused: topics as a whole, and partitions one by one. It outlives the assignment. */
export class PausedPartitions {
  readonly #topics = new Map<string, TopicPause>()

  /** Without partitions, the whole topic. */
  pause(topics: readonly { topic: string; partitions?: number[] }[]): void {
    for (const { topic, partitions } of topics) {
      const pause = this.#of(topic)
      if (partitions === undefined) reset(pause, true)
      else {
        for (const partition of partitions) {
          pause.paused.add(partition)
          pause.resumed.delete(partition)
        }
        pause.isWhole = false
      }
    }
  }

  resume(topics: readonly { topic: string; partitions?: number[] }[]): void {
    for (const { topic, partitions } of topics) {
      const pause = this.#of(topic)
      if (partitions === undefined) reset(pause, false)
      else {
        for (const partition of partitions) {
          pause.paused.delete(partition)
          if (pause.isWhole) pause.resumed.add(partition)
        }
      }
    }
  }

  isPaused(topic: string, partition: number): boolean {
    const pause = this.#topics.get(topic)
    if (pause === undefined) return false
    return (pause.isWhole && !pause.resumed.has(partition)) || pause.paused.has(partition)
  }

  /** Which of these are paused. */
  among(assigned: readonly TopicPartitions[]): TopicPartitions[] {
    return assigned
      .map(({ topic, partitions }) => ({ topic, partitions: partitions.filter(each => this.isPaused(topic, each)) }))
      .filter(({ partitions }) => partitions.length > 0)
  }

  #of(topic: string): TopicPause {
    const pause = this.#topics.get(topic) ?? { isWhole: false, paused: new Set(), resumed: new Set() }
    this.#topics.set(topic, pause)
    return pause
  }
}

function reset(pause: TopicPause, isWhole: boolean): void {
  pause.isWhole = isWhole
  pause.paused.clear()
  pause.resumed.clear()
}

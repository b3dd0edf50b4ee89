import type { Clock, Prng } from '@dorsale/base'
import type { ReadBuffers } from '../files/read-buffers.ts'
import type { ProducerSettings } from '../producer/producer-state.ts'
import type { SegmentWorld } from '../segment/segment.ts'
import type { LogDirectory } from '../types.ts'
import type { TurnEnd } from './turn-end.ts'
import type { WritePolicy } from './write-policy.ts'

/** What all logs of a log directory share. */
export interface LogWorld extends SegmentWorld {
  readonly clock: Clock
  readonly prng: Prng
  readonly directory: LogDirectory
  readonly turnEnd: TurnEnd
  readonly policy: WritePolicy
  readonly readBuffers: ReadBuffers
  readonly producers: ProducerSettings
  /** The directory's content is unknown from here on (D9): it goes offline, with all its logs. Told in this call, acted upon in a later turn. */
  fail(error: Error): void
  /** Removes files after a delay, or never, if the process ends before: the next start does it. */
  removeLater(paths: readonly string[], delayMs: number): void
  /** Moves the names in the log directory to the platter, if they have changed since that was last done. */
  syncNames(): void
  /** The log's leader epochs changed; `writeEpochs` is wanted soon. */
  epochsChanged(log: { writeEpochs(): void }): void
}

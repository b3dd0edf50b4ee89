/** Gives one batch to the application, whole or message by message. */

import { KafkaJSError } from '../errors.ts'
import type { ConsumerRunConfig, EachBatchHandler, EachMessageHandler, Logger } from '../types.ts'
import type { DoorBatch } from './batch.ts'
import type { HeldPartition } from './held-partition.ts'
import type { OffsetCommits } from './offset-commits.ts'

/** What a handler is told of the consumer, and may do to it. */
export interface HandlerContext {
  readonly logger: Logger
  readonly commits: OffsetCommits
  readonly config: ConsumerRunConfig
  isRunning(): boolean
  /** Whether the rest of a batch is not wanted any more: the consumer stops, or the group divides anew. */
  isInterrupted(): boolean
  isPaused(topic: string, partition: number): boolean
  /** A handler gives a sign of life. */
  isAlive(): void
  /** Rejects when the group divides anew. */
  heartbeat(): Promise<void>
  /** Pauses a partition; answers what resumes it. */
  pause(topic: string, partition: number): () => void
  /** Commits what is resolved, unless the application does; does not wait. */
  commitSoon(): void
}

/** `nextOffset`: behind the batch, with the markers at its end. */
export interface Handed {
  readonly batch: DoorBatch
  readonly held: HeldPartition
  readonly nextOffset: number
}

export async function handOut(handed: Handed, context: HandlerContext): Promise<void> {
  const { eachMessage, eachBatch } = context.config
  if (eachMessage) await handMessages(eachMessage, handed, context)
  else if (eachBatch) await handBatch(eachBatch, handed, context)
  else handed.held.resolveTo(handed.nextOffset)
}

async function handMessages(eachMessage: EachMessageHandler, handed: Handed, context: HandlerContext): Promise<void> {
  const { batch, held, nextOffset } = handed
  const { topic, partition } = held
  const { seekCount } = held
  const heartbeat = () => context.heartbeat()
  const pause = () => context.pause(topic, partition)
  const last = batch.messages.at(-1)
  for (const message of batch.messages) {
    if (context.isInterrupted() || held.seekCount !== seekCount) return
    try {
      const result: unknown = eachMessage({ topic, partition, message, heartbeat, pause })
      if (result !== undefined) await result
    } catch (error) {
      report('eachMessage', error as Error, message.offset, handed, context)
      throw error
    }
    if (held.seekCount !== seekCount) return
    context.isAlive()
    held.resolveTo(message === last ? nextOffset : Number(message.offset) + 1)
    if (context.config.autoCommit !== false && context.commits.isDue) context.commitSoon()
    if (context.isPaused(topic, partition)) return
  }
}

async function handBatch(eachBatch: EachBatchHandler, handed: Handed, context: HandlerContext): Promise<void> {
  const { batch, held, nextOffset } = handed
  const { topic, partition } = held
  const { seekCount } = held
  const last = batch.messages.at(-1)?.offset
  const isStale = () => held.seekCount !== seekCount
  try {
    await eachBatch({
      batch,
      resolveOffset(offset) {
        context.isAlive()
        if (isStale()) return
        // Nobody can resolve the markers behind the last message, which are no messages.
        held.resolveTo(String(offset) === last ? nextOffset : Number(offset) + 1)
      },
      heartbeat: () => context.heartbeat(),
      pause: () => context.pause(topic, partition),
      async commitOffsetsIfNecessary(offsets) {
        if (offsets) {
          const given = offsets.topics.flatMap(each => each.partitions.map(place => ({ topic: each.topic, ...place })))
          await context.commits.commit(given)
        } else if (context.commits.isDue) await context.commits.commit()
      },
      uncommittedOffsets: () => context.commits.uncommitted,
      isRunning: () => context.isRunning(),
      isStale,
    })
  } catch (error) {
    report('eachBatch', error as Error, batch.firstOffset(), handed, context)
    throw error
  }
  if (context.config.eachBatchAutoResolve !== false && !isStale()) held.resolveTo(nextOffset)
}

function report(
  name: string,
  error: Error,
  offset: string | null,
  { held: { topic, partition } }: Handed,
  { logger, commitSoon }: HandlerContext,
): void {
  if (!(error instanceof KafkaJSError)) {
    logger.error(`Error when calling ${name}`, { topic, partition, offset, stack: error.stack, error })
  }
  // What came before is handled.
  commitSoon()
}

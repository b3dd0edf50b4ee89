import { invalidArgument, requireOffset, requireOffsets, requirePlace } from '../misuse.ts'
import type { OffsetToCommit } from '../transactions/transaction-coordinator.ts'
import type { AssignedPartition } from './assigned-partition.ts'
import type { GroupOffset } from './committed-offsets.ts'
import type { ConsumerRecord, RecordChunk } from './record-chunk.ts'

/** What can be committed: a record, or a chunk, and all that comes before it; or offsets. */
export type Committable = ConsumerRecord<unknown, unknown> | RecordChunk<unknown, unknown> | readonly OffsetToCommit[]

/** Where the group goes on, behind each of what is given; undefined: behind everything that was handed out. */
export function offsetsToCommit(what: Committable | undefined, assigned: Iterable<AssignedPartition>): GroupOffset[] {
  if (what === undefined) {
    return [...assigned].flatMap(({ topic, partition, position: offset, fetchOffset, lastEpoch }) =>
      offset === undefined
        ? []
        : [{ topic, partition, offset, leaderEpoch: offset === fetchOffset ? lastEpoch : -1, metadata: '' }],
    )
  }
  if (Array.isArray(what)) requireOffsets(what, 'commit')
  else requirePlace(what, 'commit')
  if ('nextOffset' in what) {
    const { topic, partition, nextOffset, lastEpoch } = what
    return [{ topic, partition, offset: nextOffset, leaderEpoch: lastEpoch, metadata: '' }]
  }
  if ('offset' in what) {
    const { topic, partition, offset, leaderEpoch } = what
    requireOffset(offset, 'the offset of commit')
    return [{ topic, partition, offset: offset + 1, leaderEpoch, metadata: '' }]
  }
  if (!Array.isArray(what))
    throw invalidArgument('commit takes a record, a chunk or an array of { topic, partition, offset }')
  return what.map(({ topic, partition, offset, leaderEpoch = -1, metadata = '' }) => ({
    topic,
    partition,
    offset,
    leaderEpoch,
    metadata,
  }))
}

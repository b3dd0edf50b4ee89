import type { ShareInitialization, SharePartitionRef } from '@dorsale/coordinate'
import type { ProtocolError } from '@dorsale/protocol'
import type { BrokerCore } from '../core.ts'

/** By topic id and partition. */
export type ShareFailures = ReadonlyMap<string, ReadonlyMap<number, ProtocolError>>

/**
 * Has the share coordinator keep the state of partitions of a share group from an offset on, and tells the group what came of it. For partitions that are new to a group nobody waits for it: the next
 * heartbeat of a member finds them handed out; what failed is asked for again with one of the next heartbeats. `done` is called once, when the group has heard.
 */
export function initializeShareState(
  core: BrokerCore,
  { groupId, stateEpoch, partitions }: ShareInitialization,
  done: (failures: ShareFailures) => void = () => {},
): void {
  const initialized: SharePartitionRef[] = []
  const failed: SharePartitionRef[] = []
  const failures = new Map<string, Map<number, ProtocolError>>()
  const tellGroup = () => {
    const heard = { answer: () => done(failures), fail: unheard }
    core.groups.run(
      groupId,
      (shard, step) => {
        shard.shareStateSettled(step, groupId, { initialized, failed })
        step.answer(heard, undefined)
      },
      unheard,
    )
  }
  // The group is loaded elsewhere or anew: what stands in its log is asked for again.
  const unheard = (error: ProtocolError) => {
    core.logger.debug('a share group did not hear of its partitions', { groupId, error })
    done(failures)
  }
  const settle = (list: SharePartitionRef[], { topicId, partition }: SharePartitionRef) => {
    list.push({ topicId, partition })
    if (initialized.length + failed.length === partitions.length) tellGroup()
  }
  if (partitions.length === 0) done(failures)
  for (const wanted of partitions) {
    const { topicId, partition, startOffset } = wanted
    core.sharePersister.initialize(
      { groupId, topicId, partition },
      { stateEpoch, startOffset },
      {
        answer: () => settle(initialized, wanted),
        fail: error => {
          core.logger.info('the state of a share partition was not initialized', { groupId, topicId, partition, error })
          const ofTopic = failures.get(topicId) ?? new Map<number, ProtocolError>()
          failures.set(topicId, ofTopic.set(partition, error))
          settle(failed, wanted)
        },
      },
    )
  }
}

/** Has the share coordinator forget partitions of a group. `done` is called once, with the first error if there is one. */
export function forgetShareState(
  core: BrokerCore,
  groupId: string,
  partitions: readonly SharePartitionRef[],
  done: (error: ProtocolError | undefined) => void,
): void {
  let open = partitions.length
  let failure: ProtocolError | undefined
  const settle = (error?: ProtocolError) => {
    failure ??= error
    if (--open === 0) done(failure)
  }
  for (const { topicId, partition } of partitions) {
    core.sharePersister.delete({ groupId, topicId, partition }, { answer: () => settle(), fail: settle })
  }
}

import type { ShareInitialization, SharePartitionRef } from '@dorsale/coordinate'
import type { ProtocolError } from '@dorsale/protocol'
import type { BrokerCore } from '../core.ts'

/**
 * Has the share coordinator keep the state of partitions that are new to a share group, and tells the group what came of it. Nobody waits for it: the next
 * heartbeat of a member finds the partitions handed out; what failed is asked for again with one of the next heartbeats.
 */
export function initializeShareState(core: BrokerCore, { groupId, stateEpoch, partitions }: ShareInitialization): void {
  const initialized: SharePartitionRef[] = []
  const failed: SharePartitionRef[] = []
  const settle = (list: SharePartitionRef[], { topicId, partition }: SharePartitionRef) => {
    list.push({ topicId, partition })
    if (initialized.length + failed.length < partitions.length) return
    core.groups.run(
      groupId,
      (shard, step) => shard.shareStateSettled(step, groupId, { initialized, failed }),
      // The group is loaded elsewhere or anew: what stands in its log is asked for again.
      error => core.logger.debug('a share group did not hear of its partitions', { groupId, error }),
    )
  }
  for (const wanted of partitions) {
    const { topicId, partition, startOffset } = wanted
    core.sharePersister.initialize(
      { groupId, topicId, partition },
      { stateEpoch, startOffset },
      {
        answer: () => settle(initialized, wanted),
        fail: (error: ProtocolError) => {
          core.logger.info('the state of a share partition was not initialized', { groupId, topicId, partition, error })
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

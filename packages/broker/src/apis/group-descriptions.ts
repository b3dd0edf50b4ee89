import type { GroupShard } from '@dorsale/coordinate'
import { errorCodes } from '@dorsale/protocol'
import type { Call } from '../api.ts'
import { gather } from '../coordinators/repliers.ts'
import type { BrokerCore } from '../core.ts'

interface DescribedGroup {
  readonly groupId: string
  errorCode: number
  authorizedOperations: number
}

interface DescribeRequest {
  readonly groupIds: readonly string[]
  readonly includeAuthorizedOperations: boolean
}

interface Describing<Group, Response> {
  describe(shard: GroupShard, groupId: string): Group
  /** Names of the topics that its members have, or are to have; each any number of times. */
  topicsOf(group: Group): string[]
  failed(groupId: string, errorCode: number): Group
  answer(groups: Group[]): Response
}

/** Answers a request for descriptions of groups of one kind: each succeeds or fails for itself, on the shard where it lies. */
export function describeGroups<Group extends DescribedGroup, Response>(
  core: BrokerCore,
  call: Call<Response>,
  { groupIds, includeAuthorizedOperations }: DescribeRequest,
  { describe, topicsOf, failed, answer }: Describing<Group, Response>,
): void {
  const settle = gather<Group>(groupIds.length, groups => {
    for (const group of groups) {
      if (includeAuthorizedOperations && group.errorCode === errorCodes.NONE) {
        group.authorizedOperations = call.rights.operationsOn('GROUP', group.groupId)
      }
    }
    call.reply(answer(groups))
  })
  const mayDescribe = call.rights.allows('DESCRIBE', 'GROUP')
  const mayDescribeTopic = call.rights.allows('DESCRIBE', 'TOPIC')
  // Of a group that reads a topic which the sender may not know of, he is told nothing.
  const mayKnow = (group: Group) => !call.rights.areLimited || topicsOf(group).every(mayDescribeTopic)
  for (const [index, groupId] of groupIds.entries()) {
    if (!mayDescribe(groupId)) {
      settle(index, failed(groupId, errorCodes.GROUP_AUTHORIZATION_FAILED))
      continue
    }
    if (groupId === '') {
      settle(index, failed(groupId, errorCodes.INVALID_GROUP_ID))
      continue
    }
    const replier = {
      answer: (group: Group) =>
        settle(index, mayKnow(group) ? group : failed(groupId, errorCodes.TOPIC_AUTHORIZATION_FAILED)),
      fail: ({ errorCode }: { errorCode: number }) => settle(index, failed(groupId, errorCode)),
    }
    core.groups.run(groupId, (shard, step) => step.answer(replier, describe(shard, groupId)), replier.fail)
  }
}

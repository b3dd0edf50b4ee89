import type { GroupShard } from '@dorsale/coordinate'
import { errorCodes } from '@dorsale/protocol'
import type { Call } from '../api.ts'
import { groupOperations } from '../authorized-operations.ts'
import { gather } from '../coordinators/repliers.ts'
import type { BrokerCore } from '../core.ts'

interface DescribedGroup {
  errorCode: number
  authorizedOperations: number
}

interface DescribeRequest {
  readonly groupIds: readonly string[]
  readonly includeAuthorizedOperations: boolean
}

interface Describing<Group, Response> {
  describe(shard: GroupShard, groupId: string): Group
  failed(groupId: string, errorCode: number): Group
  answer(groups: Group[]): Response
}

/** Answers a request for descriptions of groups of one kind: each succeeds or fails for itself, on the shard where it lies. */
export function describeGroups<Group extends DescribedGroup, Response>(
  core: BrokerCore,
  call: Call<Response>,
  { groupIds, includeAuthorizedOperations }: DescribeRequest,
  { describe, failed, answer }: Describing<Group, Response>,
): void {
  const settle = gather<Group>(groupIds.length, groups => {
    for (const group of groups) {
      if (includeAuthorizedOperations && group.errorCode === errorCodes.NONE) {
        group.authorizedOperations = groupOperations
      }
    }
    call.reply(answer(groups))
  })
  for (const [index, groupId] of groupIds.entries()) {
    if (groupId === '') {
      settle(index, failed(groupId, errorCodes.INVALID_GROUP_ID))
      continue
    }
    const replier = {
      answer: (group: Group) => settle(index, group),
      fail: ({ errorCode }: { errorCode: number }) => settle(index, failed(groupId, errorCode)),
    }
    core.groups.run(groupId, (shard, step) => step.answer(replier, describe(shard, groupId)), replier.fail)
  }
}

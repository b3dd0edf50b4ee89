/**
 * DescribeGroups, key 15, versions 0 to 6: state and members of classic groups.
 *
 * - v1 adds the throttle time; v3 authorized operations; v4 static members; v5 is flexible; v6 answers GROUP_ID_NOT_FOUND with a sentence for a
 *   group that is not there, which before is a dead one without an error.
 */
import {
  createMessage,
  type DescribeGroupsRequest,
  type DescribeGroupsResponse,
  type DescribeGroupsResponseDescribedGroup,
  describeGroupsResponse,
  errorCodes,
} from '@dorsale/protocol'
import { defineApi, later } from '../api.ts'
import { gather } from '../coordinators/repliers.ts'

export const describeGroupsApi = defineApi<DescribeGroupsRequest, DescribeGroupsResponse>({
  key: 15,

  handle(core, request, call) {
    const { groups, includeAuthorizedOperations } = request
    const settle = gather<DescribeGroupsResponseDescribedGroup>(groups.length, described => {
      for (const group of described) {
        if (includeAuthorizedOperations && group.errorCode === errorCodes.NONE) {
          group.authorizedOperations = call.rights.operationsOn('GROUP', group.groupId)
        }
      }
      call.reply({ throttleTimeMs: 0, groups: described })
    })
    const mayDescribe = call.rights.allows('DESCRIBE', 'GROUP')
    for (const [index, groupId] of groups.entries()) {
      if (!mayDescribe(groupId)) {
        settle(index, failed(groupId, errorCodes.GROUP_AUTHORIZATION_FAILED))
        continue
      }
      const replier = {
        answer: (group: DescribeGroupsResponseDescribedGroup) => settle(index, group),
        fail: ({ errorCode }: { errorCode: number }) => settle(index, failed(groupId, errorCode)),
      }
      core.groups.run(
        groupId,
        (shard, step) => step.answer(replier, shard.describeGroup(groupId, call.apiVersion)),
        replier.fail,
      )
    }
    return later
  },

  refuse: ({ groups }, errorCode) =>
    createMessage(describeGroupsResponse, { groups: groups.map(groupId => ({ groupId, errorCode })) }),
})

function failed(groupId: string, errorCode: number): DescribeGroupsResponseDescribedGroup {
  const { groups } = createMessage(describeGroupsResponse, { groups: [{ groupId, errorCode }] })
  return groups[0] as DescribeGroupsResponseDescribedGroup
}

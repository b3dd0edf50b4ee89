/**
 * ListGroups, key 16, versions 0 to 5: the groups that this broker coordinates.
 *
 * - v1 adds the throttle time; v3 is flexible; v4 tells and filters states; v5 types.
 * - Shards that are being loaded add nothing but the error COORDINATOR_LOAD_IN_PROGRESS.
 */
import {
  createMessage,
  errorCodes,
  type ListGroupsRequest,
  type ListGroupsResponse,
  type ListGroupsResponseListedGroup,
  listGroupsResponse,
} from '@dorsale/protocol'
import { defineApi, later } from '../api.ts'
import { gather } from '../coordinators/repliers.ts'

interface Part {
  readonly errorCode: number
  readonly groups: readonly ListGroupsResponseListedGroup[]
}

export const listGroupsApi = defineApi<ListGroupsRequest, ListGroupsResponse>({
  key: 16,

  handle(core, request, call) {
    const { hosts } = core.groups
    // Who may describe the cluster may see all groups.
    const seesAll = call.rights.may('DESCRIBE', 'CLUSTER', 'filter')
    const maySee = seesAll ? () => true : call.rights.allows('DESCRIBE', 'GROUP', 'filter')
    const settle = gather<Part>(hosts.length, parts => {
      const failed = parts.find(({ errorCode }) => errorCode !== errorCodes.NONE)
      call.reply({
        throttleTimeMs: 0,
        errorCode: failed?.errorCode ?? errorCodes.NONE,
        groups: parts.flatMap(({ groups }) => groups).filter(({ groupId }) => maySee(groupId)),
      })
    })
    for (const [index, host] of hosts.entries()) {
      const replier = {
        answer: (groups: ListGroupsResponseListedGroup[]) => settle(index, { errorCode: errorCodes.NONE, groups }),
        // Whoever coordinates those groups now will be asked too.
        fail: ({ errorCode }: { errorCode: number }) =>
          settle(index, {
            errorCode: errorCode === errorCodes.NOT_COORDINATOR ? errorCodes.NONE : errorCode,
            groups: [],
          }),
      }
      host.run((shard, step) => step.answer(replier, shard.listGroups(request)), replier.fail)
    }
    return later
  },

  refuse: (_request, errorCode) => createMessage(listGroupsResponse, { errorCode }),
})

import { describeGroupsRequest, describeGroupsResponse, type MessageOf } from '@dorsale/protocol'
import type { Connection } from '../connection.ts'
import { protocolError } from '../failures.ts'
import type { ConsumerGroupState, GroupDescription } from '../types.ts'

/** From here on a coordinator says of a group that is not there that it is not; before, that it is dead. */
const versionMax = 5

/** Groups as their coordinators see them, with what members and leader told each other, as bytes. Rejects with the first refusal. */
export async function describeGroups(
  { cluster }: Connection,
  groupIds: readonly string[],
): Promise<GroupDescription[]> {
  const answers = await Promise.all(
    groupIds.map(groupId =>
      cluster.callCoordinator(
        { type: 'group', key: groupId },
        describeGroupsRequest,
        describeGroupsResponse,
        { groups: [groupId] },
        {
          versionMax,
          check: ({ groups }) => {
            for (const { errorCode } of groups) if (errorCode !== 0) throw protocolError(errorCode)
          },
        },
      ),
    ),
  )
  return answers.flatMap(({ groups }) => groups.map(descriptionOf))
}

type Described = MessageOf<typeof describeGroupsResponse>['groups'][number]

function descriptionOf({ errorCode, groupId, groupState, protocolType, protocolData, members }: Described) {
  const description = {
    errorCode,
    groupId,
    state: groupState as ConsumerGroupState,
    protocolType,
    protocol: protocolData,
    members: members.map(({ memberId, clientId, clientHost, memberMetadata, memberAssignment }) => ({
      memberId,
      clientId,
      clientHost,
      memberMetadata: Buffer.from(memberMetadata),
      memberAssignment: Buffer.from(memberAssignment),
    })),
  }
  return description
}

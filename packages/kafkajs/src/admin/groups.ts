/** Groups: listed, described, deleted. */
import {
  deleteGroupsRequest,
  deleteGroupsResponse,
  errorCodes,
  listGroupsRequest,
  listGroupsResponse,
} from '@dorsale/protocol'
import type { Connection } from '../connection.ts'
import { type DeleteGroupsResult, KafkaJSDeleteGroupsError, KafkaJSNonRetriableError } from '../errors.ts'
import { protocolError } from '../failures.ts'
import type { Admin } from '../types.ts'
import { describeGroups } from './group-descriptions.ts'
import { askBroker, refuse } from './requests.ts'

type GroupAdmin = Pick<Admin, 'listGroups' | 'describeGroups' | 'deleteGroups'>

export function groupAdmin(connection: Connection): GroupAdmin {
  return {
    async listGroups() {
      const cluster = await connection.open()
      const answers = await connection.retrying(() =>
        Promise.all(
          [...cluster.metadata.brokers.keys()].map(nodeId =>
            askBroker(connection, nodeId, listGroupsRequest, listGroupsResponse, {}),
          ),
        ),
      )
      answers.forEach(refuse)
      const groups = answers.flatMap(answer =>
        answer.groups.map(({ groupId, protocolType }) => ({ groupId, protocolType })),
      )
      return { groups }
    },

    async describeGroups(groupIds) {
      await connection.open()
      return { groups: await connection.retrying(() => describeGroups(connection, groupIds)) }
    },

    async deleteGroups(groupIds) {
      if (!groupIds || !Array.isArray(groupIds)) {
        throw new KafkaJSNonRetriableError(`Invalid groupIds array ${groupIds}`)
      }
      if (groupIds.some(groupId => typeof groupId !== 'string')) {
        throw new KafkaJSNonRetriableError(`Invalid groupId name: ${JSON.stringify(true)}`)
      }
      await connection.open()
      const results = await Promise.all(groupIds.map(groupId => deleteGroup(connection, groupId)))
      const refused = results.filter(({ errorCode }) => errorCode !== errorCodes.NONE)
      if (refused.length > 0) throw new KafkaJSDeleteGroupsError('Error in DeleteGroups', refused)
      return results
    },
  }
}

async function deleteGroup(connection: Connection, groupId: string): Promise<DeleteGroupsResult> {
  const answer = await connection.retrying(() =>
    connection.cluster.callCoordinator(
      { type: 'group', key: groupId },
      deleteGroupsRequest,
      deleteGroupsResponse,
      { groupsNames: [groupId] },
      {
        check: ({ results }) => {
          // A coordinator that is not one any more, or not yet, is asked for anew.
          for (const { errorCode } of results) if (isElsewhere(errorCode)) throw protocolError(errorCode)
        },
      },
    ),
  )
  const { errorCode } = answer.results[0]!
  return errorCode === errorCodes.NONE
    ? { groupId, errorCode }
    : { groupId, errorCode, error: protocolError(errorCode) }
}

function isElsewhere(errorCode: number): boolean {
  return errorCode === errorCodes.NOT_COORDINATOR || errorCode === errorCodes.COORDINATOR_NOT_AVAILABLE
}

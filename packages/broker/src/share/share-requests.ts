/** What the requests of a share group's members have in common: who asks, of which partitions, and how partitions are told of. */
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import type { ServerConnection } from '@dorsale/transport'
import type { Call } from '../api.ts'
import type { BrokerCore } from '../core.ts'
import type { NodeAddress } from '../endpoints.ts'
import type { ShareTarget } from './share-sessions.ts'

/** Ids of members are UUIDs as text. */
const memberIdLengthMax = 36

export function isShareMemberId(memberId: string): boolean {
  return memberId !== '' && memberId.length <= memberIdLengthMax
}

/** Who asks. Throws UNSUPPORTED_VERSION when the cluster's `share.version` is 0, INVALID_REQUEST, GROUP_AUTHORIZATION_FAILED. */
export function shareMemberOf(
  { image }: BrokerCore,
  { rights }: Call,
  { groupId, memberId }: { readonly groupId: string | null; readonly memberId: string | null },
): { groupId: string; memberId: string } {
  if ((image.features.get('share.version') ?? 0) < 1) throw new ProtocolError(errorCodes.UNSUPPORTED_VERSION)
  if (groupId === null) throw new ProtocolError(errorCodes.INVALID_REQUEST, 'a share group has an id')
  rights.require('READ', 'GROUP', groupId)
  if (memberId === null || !isShareMemberId(memberId)) {
    throw new ProtocolError(errorCodes.INVALID_REQUEST, 'the id of a member has 1 to 36 characters')
  }
  return { groupId, memberId }
}

/** Throws TOPIC_AUTHORIZATION_FAILED for topics that the sender may not read; for unknown ids nothing, since others say what is wrong with them. */
export function topicReadCheck({ image }: BrokerCore, { rights }: Call): (topicId: string) => void {
  const mayRead = rights.allows('READ', 'TOPIC')
  return topicId => {
    const name = image.topicsById.get(topicId)?.name
    if (name !== undefined && !mayRead(name)) throw new ProtocolError(errorCodes.TOPIC_AUTHORIZATION_FAILED)
  }
}

/** The partitions of a request's topics. */
export function shareTargets<Partition>(
  topics: readonly { readonly topicId: string; readonly partitions: readonly Partition[] }[],
  indexOf: (partition: Partition) => number,
): ShareTarget[] {
  return topics.flatMap(({ topicId, partitions }) =>
    partitions.map(partition => ({ topicId, partition: indexOf(partition) })),
  )
}

/** Answers by topic; topics and their partitions keep their order. */
export function groupTargets<Data>(
  answers: readonly { readonly target: ShareTarget; readonly data: Data }[],
): { topicId: string; partitions: Data[] }[] {
  const topics = new Map<string, Data[]>()
  for (const { target, data } of answers) {
    const known = topics.get(target.topicId)
    if (known === undefined) topics.set(target.topicId, [data])
    else known.push(data)
  }
  return [...topics].map(([topicId, partitions]) => ({ topicId, partitions }))
}

/** Says in answers that were refused because the leader has changed who leads now; answers the addresses of those leaders. */
export function newLeaders(
  core: BrokerCore,
  connection: ServerConnection,
  answers: readonly {
    readonly target: ShareTarget
    readonly data: { readonly errorCode: number; currentLeader: { leaderId: number; leaderEpoch: number } }
  }[],
): NodeAddress[] {
  const leaders = new Map<number, NodeAddress>()
  for (const { target, data } of answers) {
    const { errorCode } = data
    if (errorCode !== errorCodes.NOT_LEADER_OR_FOLLOWER && errorCode !== errorCodes.FENCED_LEADER_EPOCH) continue
    const partition = core.image.topicsById.get(target.topicId)?.partitions[target.partition]
    if (partition === undefined) continue
    const { leader, leaderEpoch } = partition
    data.currentLeader = { leaderId: leader, leaderEpoch }
    const address = core.endpoints.find(leader, connection)
    if (address !== undefined) leaders.set(leader, address)
  }
  return [...leaders.values()]
}

/**
 * OffsetFetch, key 9, versions 1 to 10: what groups have committed.
 *
 * - v2 asks for everything with null topics, and has an error of the whole response; v3 adds the throttle time; v5 leader epochs; v6 is flexible; v7 can
 *   insist on offsets that no open transaction may change; v8 asks about several groups; v9 takes members of the new groups; v10 names topics by id.
 * - A partition without an offset is answered -1, without an error; so is a group that is not there. Members of consumer groups hear when they are none
 *   any more, or behind (UNKNOWN_MEMBER_ID, STALE_MEMBER_EPOCH).
 */

import { type GroupShard, noOffset } from '@dorsale/coordinate'
import {
  createMessage,
  errorCodes,
  type OffsetFetchRequest,
  type OffsetFetchRequestGroup,
  type OffsetFetchRequestTopics,
  type OffsetFetchResponse,
  type OffsetFetchResponseGroup,
  type OffsetFetchResponseTopics,
  offsetFetchResponse,
  zeroUuid,
} from '@dorsale/protocol'
import { type Call, defineApi, later } from '../api.ts'
import { gather } from '../coordinators/repliers.ts'
import type { BrokerCore } from '../core.ts'
import { sortOut } from '../security/sort-out.ts'

/** Several groups at once from this version on. */
const severalVersion = 8
/** Topics are named by id from this version on. */
const topicIdVersion = 10
/** A group has an error of its own from this version on; before, its partitions have it. */
const groupErrorVersion = 2

export const offsetFetchApi = defineApi<OffsetFetchRequest, OffsetFetchResponse>({
  key: 9,

  handle(core, request, call) {
    const groups = groupsOf(request, call.apiVersion)
    const settle = gather<OffsetFetchResponseGroup>(groups.length, parts => call.reply(answer(parts, call.apiVersion)))
    for (const [index, group] of groups.entries()) {
      fetchGroup(core, group, { requireStable: request.requireStable, call, settle: part => settle(index, part) })
    }
    return later
  },

  refuse: (request, errorCode, apiVersion) =>
    answer(
      groupsOf(request, apiVersion).map(group => failed(group, errorCode, apiVersion)),
      apiVersion,
    ),
})

function groupsOf(request: OffsetFetchRequest, apiVersion: number): readonly OffsetFetchRequestGroup[] {
  if (apiVersion >= severalVersion) return request.groups
  const topics = request.topics?.map(topic => ({ ...topic, topicId: zeroUuid })) ?? null
  return [{ groupId: request.groupId, memberId: null, memberEpoch: -1, topics }]
}

function fetchGroup(
  core: BrokerCore,
  group: OffsetFetchRequestGroup,
  options: { requireStable: boolean; call: Call; settle: (part: OffsetFetchResponseGroup) => void },
): void {
  const { requireStable, call, settle } = options
  const { apiVersion } = call
  if (!call.rights.may('DESCRIBE', 'GROUP', group.groupId)) {
    settle(failed(group, errorCodes.GROUP_AUTHORIZATION_FAILED, apiVersion))
    return
  }
  const mayDescribe = call.rights.allows('DESCRIBE', 'TOPIC')
  const byId = apiVersion >= topicIdVersion
  const fetch = (shard: GroupShard): OffsetFetchResponseTopics[] => {
    if (group.topics === null) {
      const topics = shard.fetchOffsets(group, null, { requireStable }).filter(({ name }) => mayDescribe(name))
      return byId ? topics.flatMap(topic => withId(core, topic)) : topics
    }
    const named = byId
      ? group.topics.map(topic => ({ ...topic, name: core.image.topicsById.get(topic.topicId)?.name ?? '' }))
      : group.topics
    const isUnknown = ({ name }: OffsetFetchRequestTopics) => byId && name === ''
    const { allowed, refused } = sortOut(
      named.filter(topic => !isUnknown(topic)),
      ({ name }) => mayDescribe(name),
    )
    return [
      ...shard.fetchOffsets(group, allowed, { requireStable }),
      ...named.filter(isUnknown).map(topic => withError(topic, errorCodes.UNKNOWN_TOPIC_ID)),
      ...refused.map(topic => withError(topic, errorCodes.TOPIC_AUTHORIZATION_FAILED)),
    ]
  }
  const replier = {
    answer: (topics: OffsetFetchResponseTopics[]) =>
      settle({ groupId: group.groupId, topics, errorCode: errorCodes.NONE }),
    fail: ({ errorCode }: { errorCode: number }) => settle(failed(group, errorCode, apiVersion)),
  }
  core.groups.run(group.groupId, (shard, step) => step.answer(replier, fetch(shard)), replier.fail)
}

/** All offsets of a group come by name; those of topics that are gone have no id to be told by. */
function withId(core: BrokerCore, topic: OffsetFetchResponseTopics): OffsetFetchResponseTopics[] {
  const image = core.image.topicsByName.get(topic.name)
  return image === undefined ? [] : [{ ...topic, topicId: image.id }]
}

function withError(
  { name, topicId, partitionIndexes }: OffsetFetchRequestTopics,
  errorCode: number,
): OffsetFetchResponseTopics {
  return { name, topicId, partitions: partitionIndexes.map(index => noOffset(index, errorCode)) }
}

function failed(group: OffsetFetchRequestGroup, errorCode: number, apiVersion: number): OffsetFetchResponseGroup {
  const topics = apiVersion >= groupErrorVersion ? [] : (group.topics ?? []).map(topic => withError(topic, errorCode))
  return { groupId: group.groupId, topics, errorCode }
}

function answer(groups: OffsetFetchResponseGroup[], apiVersion: number): OffsetFetchResponse {
  if (apiVersion >= severalVersion) return createMessage(offsetFetchResponse, { groups })
  const [group] = groups
  return createMessage(offsetFetchResponse, { topics: group?.topics ?? [], errorCode: group?.errorCode ?? 0 })
}

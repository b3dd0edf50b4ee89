/** What members subscribe to, looked up in the cluster's metadata: whether it has changed, and the topics behind the names. */
import type { GroupContext, GroupStep } from '../group-context.ts'
import type { GroupMetadataImage } from '../modern/topic-hashes.ts'
import {
  type ConsumerGroup,
  countSubscriptions,
  isHomogeneous,
  type ResolvedRegex,
  type Subscriptions,
  subscribedTopics,
} from './consumer-group.ts'
import type { ConsumerMember } from './consumer-member.ts'
import { groupEpochRecord, partitionMetadataTombstone } from './consumer-records.ts'

/** For so long the topics of a group need not be looked at again unless one of them changes: Kafka's constant, some 24 days. */
export const metadataRefreshMs = 2 ** 31 - 1

/** Ids of the topics that a member subscribes to and that exist. A pattern that has not been looked up yet matches nothing. */
export function subscribedTopicIds(
  image: GroupMetadataImage,
  member: ConsumerMember,
  regexes: ReadonlyMap<string, ResolvedRegex>,
): ReadonlySet<string> {
  const ids = new Set<string>()
  const byRegex = member.subscribedTopicRegex === '' ? undefined : regexes.get(member.subscribedTopicRegex)?.topics
  for (const names of [member.subscribedTopicNames, byRegex ?? []]) {
    for (const name of names) {
      const topic = image.topicsByName.get(name)
      if (topic !== undefined) ids.add(topic.id)
    }
  }
  return ids
}

/** The subscriptions of the group, would `updated` take the place of `former`. */
function subscriptionsWith(group: ConsumerGroup, former: ConsumerMember, updated: ConsumerMember): Subscriptions {
  const { byName, byRegex, regexes } = group.subscriptions
  const copy = { byName: byName.copy(), byRegex: byRegex.copy(), regexes: regexes.copy() }
  countSubscriptions(copy, former, -1)
  countSubscriptions(copy, updated, 1)
  // The topics of a pattern that nobody subscribes to any more go with it.
  if (former.subscribedTopicRegex !== '' && copy.regexes.get(former.subscribedTopicRegex) === 0) {
    for (const topic of group.resolvedRegexes.get(former.subscribedTopicRegex)?.topics ?? [])
      copy.byRegex.add(topic, -1)
  }
  return copy
}

/** A look at the topics of the group: its epoch, and whether all members read the same. */
export interface TopicsSeen {
  readonly groupEpoch: number
  readonly isHomogeneous: boolean
}

/** The topics as the group knew them. */
export function topicsAsKnown(group: ConsumerGroup): TopicsSeen {
  return {
    groupEpoch: group.groupEpoch,
    isHomogeneous: isHomogeneous(group.subscriptions, group.members.size),
  }
}

/** Looks at the topics anew. The group enters its next epoch if they have changed, or if `bump` says that something else has. */
export function refreshTopics(
  context: GroupContext,
  step: GroupStep,
  group: ConsumerGroup,
  change: { readonly former: ConsumerMember; readonly updated: ConsumerMember; readonly bump: boolean },
): TopicsSeen {
  const { former, updated } = change
  const subscriptions = subscriptionsWith(group, former, updated)
  const metadataHash = context.topicHashes.groupHash(subscribedTopics(subscriptions))
  const isNew = !group.members.has(updated.memberId) && group.staticMember(updated.instanceId) === undefined
  let { groupEpoch } = group
  if (change.bump || metadataHash !== group.metadataHash) {
    groupEpoch++
    step.append(groupEpochRecord(group.groupId, groupEpoch, metadataHash))
    context.logger.debug('consumer group epoch', { groupId: group.groupId, groupEpoch })
  }
  group.metadataFreshness = { untilMs: step.now + metadataRefreshMs, epoch: groupEpoch }
  if (group.hasPartitionMetadata) step.append(partitionMetadataTombstone(group.groupId))
  return { groupEpoch, isHomogeneous: isHomogeneous(subscriptions, group.members.size + (isNew ? 1 : 0)) }
}

/** Which partitions' state the share coordinator keeps for a group: it is asked to when a topic, or a partition of it, is new to the group. */
import type { GroupContext, GroupStep } from '../group-context.ts'
import type { ShareGroup, StatePartitions } from './share-group.ts'
import { stateRecord } from './share-records.ts'

/** What the share coordinator is to be asked, once the step that wrote it down is committed. */
export interface ShareInitialization {
  readonly groupId: string
  readonly stateEpoch: number
  readonly partitions: readonly {
    readonly topicId: string
    readonly partition: number
    /** -1: where the group's settings say, when it is first read. 0 for partitions that a topic got since: none of their records is to be missed. */
    readonly startOffset: number
  }[]
}

/** Partitions of one topic, as they are told back. */
export interface SharePartitionRef {
  readonly topicId: string
  readonly partition: number
}

/** Writes down which partitions of these topics are to be initialized now; undefined: none. What was asked for lately is not asked for again. */
export function initializeState(
  context: GroupContext,
  step: GroupStep,
  group: ShareGroup,
  options: { readonly stateEpoch: number; readonly topics: Iterable<string> },
): ShareInitialization | undefined {
  const { groupId } = group
  const retryBeforeMs = step.now - context.config.shareInitializeRetryIntervalMs
  const initializing = new Map<string, Omit<StatePartitions, 'timestampMs'>>(group.initializing)
  const deleting = new Map(group.deleting)
  const wanted: ShareInitialization['partitions'][number][] = []
  for (const topicName of options.topics) {
    const topic = context.image.topicsByName.get(topicName)
    if (topic === undefined) continue
    const asked = group.initializing.get(topic.id)
    // What a clock that was set back since has written lies in the future, and would be waited for as long: Apache Kafka does.
    const isRecent = asked !== undefined && asked.timestampMs >= retryBeforeMs && asked.timestampMs <= step.now
    const known = new Set([
      ...(group.initialized.get(topic.id)?.partitions ?? []),
      ...(isRecent ? asked.partitions : []),
    ])
    const missing = topic.partitions.flatMap((_, partition) => (known.has(partition) ? [] : [partition]))
    if (missing.length === 0) continue
    const isNewTopic = !group.initialized.has(topic.id) && asked === undefined
    for (const partition of missing) wanted.push({ topicId: topic.id, partition, startOffset: isNewTopic ? -1 : 0 })
    initializing.set(topic.id, { topicName, partitions: new Set([...(asked?.partitions ?? []), ...missing]) })
    deleting.delete(topic.id)
  }
  if (wanted.length === 0) return undefined
  step.append(stateRecord(groupId, { initializing, initialized: group.initialized, deleting }))
  return { groupId, stateEpoch: options.stateEpoch, partitions: wanted }
}

/** The share coordinator keeps the state of these from now on; the next heartbeat of a member has them handed out. */
export function stateInitialized(step: GroupStep, group: ShareGroup, partitions: readonly SharePartitionRef[]): void {
  const initialized = new Map<string, Omit<StatePartitions, 'timestampMs'>>(group.initialized)
  for (const { topicId, partition } of partitions) {
    const topicName = group.initializing.get(topicId)?.topicName
    // The topic is gone, or the group began anew.
    if (topicName === undefined) continue
    initialized.set(topicId, {
      topicName,
      partitions: new Set([...(initialized.get(topicId)?.partitions ?? []), partition]),
    })
  }
  const initializing = without(group.initializing, partitions)
  step.append(stateRecord(group.groupId, { initializing, initialized, deleting: group.deleting }))
}

/** The share coordinator could not be asked: these are asked for again with the next change of the topics or the next look at them. */
export function stateNotInitialized(
  step: GroupStep,
  group: ShareGroup,
  partitions: readonly SharePartitionRef[],
): void {
  if (group.initializing.size === 0) return
  const { initialized, deleting } = group
  step.append(
    stateRecord(group.groupId, { initializing: without(group.initializing, partitions), initialized, deleting }),
  )
}

/** The share coordinator is to forget everything of the group; what that is is answered. */
export function forgetAll(step: GroupStep, group: ShareGroup): SharePartitionRef[] {
  const known = new Map<string, Set<number>>()
  const deleting = new Map(group.deleting)
  for (const topics of [group.initializing, group.initialized]) {
    for (const [topicId, { topicName, partitions }] of topics) {
      known.set(topicId, new Set([...(known.get(topicId) ?? []), ...partitions]))
      deleting.set(topicId, topicName)
    }
  }
  if (known.size > 0)
    step.append(stateRecord(group.groupId, { initializing: new Map(), initialized: new Map(), deleting }))
  return [...known].flatMap(([topicId, partitions]) => [...partitions].map(partition => ({ topicId, partition })))
}

/** Topics are gone, and what is known of them. */
export function forgetTopics(step: GroupStep, group: ShareGroup, topicIds: ReadonlySet<string>): void {
  const left = <Value>(topics: ReadonlyMap<string, Value>) => new Map([...topics].filter(([id]) => !topicIds.has(id)))
  const [initializing, initialized, deleting] = [
    left(group.initializing),
    left(group.initialized),
    left(group.deleting),
  ]
  const isChanged =
    initializing.size < group.initializing.size ||
    initialized.size < group.initialized.size ||
    deleting.size < group.deleting.size
  if (isChanged) step.append(stateRecord(group.groupId, { initializing, initialized, deleting }))
}

/** Whether partitions have been initialized that the target assignment does not hold yet. */
export function hasUnassigned(group: ShareGroup): boolean {
  if (group.isEmpty || !group.hasStatePartitions) return false
  const assigned = new Map<string, Set<number>>()
  for (const target of group.targets.values()) {
    for (const [topicId, partitions] of target) {
      const all = assigned.get(topicId) ?? new Set<number>()
      assigned.set(topicId, all)
      for (const partition of partitions) all.add(partition)
    }
  }
  for (const [topicId, { topicName, partitions }] of group.initialized) {
    if (!group.isSubscribedTo(topicName)) continue
    const all = assigned.get(topicId)
    for (const partition of partitions) if (!all?.has(partition)) return true
  }
  return false
}

function without(
  topics: ReadonlyMap<string, StatePartitions>,
  partitions: readonly SharePartitionRef[],
): Map<string, Omit<StatePartitions, 'timestampMs'>> {
  const left = new Map<string, Omit<StatePartitions, 'timestampMs'>>()
  for (const [topicId, { topicName, partitions: known }] of topics) {
    const gone = new Set(partitions.filter(each => each.topicId === topicId).map(({ partition }) => partition))
    const remaining = new Set([...known].filter(partition => !gone.has(partition)))
    if (remaining.size > 0) left.set(topicId, { topicName, partitions: remaining })
  }
  return left
}

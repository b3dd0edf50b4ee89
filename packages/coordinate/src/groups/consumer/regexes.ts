/**
 * Patterns that members subscribe to (KIP-848; RE2 syntax): looked through all topic names when a pattern is new, when topics have appeared and now and
 * then, and written down with the topics that match.
 *
 * They come from the network, so they never reach JavaScript's own engine: re2js matches in linear time, refuses programs that would grow out of bounds,
 * and knows RE2's syntax as Kafka's RE2/J does (no look-ahead, no back-references). A pattern must match the whole name. Names are gone through in
 * slices, each a step of its own, so that many topics or a long pattern hold nobody up.
 */
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import { compileRe2, type Re2Pattern } from '../../re2.ts'
import type { GroupContext, GroupStep } from '../group-context.ts'
import { type ConsumerGroup, type ResolvedRegex, subscribedTopics } from './consumer-group.ts'
import type { ConsumerMember } from './consumer-member.ts'
import { groupEpochRecord, regexRecord, regexTombstone } from './consumer-records.ts'
import { metadataRefreshMs } from './subscription.ts'

/** What a heartbeat changed: nothing, the pattern, or the pattern to one (or none) whose topics are known already. */
export type RegexChange = 'none' | 'updated' | 'resolved'

/** Patterns of a group are looked up at most so often: Kafka's constant. */
const refreshMsMin = 10_000
/** Steps of the pattern machine in a slice: a few milliseconds. */
const sliceCostMax = 200_000

/**
 * Takes note of a member's pattern, and has the group's patterns looked up when it is time. What comes of it is a step of its own, and a later heartbeat
 * brings the assignment. Throws INVALID_REGULAR_EXPRESSION.
 */
export function refreshRegexes(
  context: GroupContext,
  step: GroupStep,
  group: ConsumerGroup,
  { former, updated, mayDescribe = everyTopic }: MemberChange,
): RegexChange {
  const [oldRegex, newRegex] = [former.subscribedTopicRegex, updated.subscribedTopicRegex]
  const { regexes } = group.subscriptions
  let change: RegexChange = 'none'
  let isDue = false
  if (oldRegex !== newRegex) {
    change = 'updated'
    if (oldRegex !== '' && regexes.get(oldRegex) === 1) step.append(regexTombstone(group.groupId, oldRegex))
    if (newRegex === '') {
      change = 'resolved'
    } else if (regexes.get(newRegex) === 0) {
      throwIfInvalid(newRegex)
      isDue = true
    } else if (group.resolvedRegexes.has(newRegex)) {
      change = 'resolved'
    }
  }
  if ((!isDue && regexes.counts.size === 0) || context.resolvingRegexes.has(group.groupId)) return change
  // They are always looked up together.
  const last: ResolvedRegex | undefined = group.resolvedRegexes.values().next().value
  const ageMs = last === undefined ? Number.POSITIVE_INFINITY : step.now - last.timestampMs
  if (ageMs <= refreshMsMin) return change
  const next = regexes.copy()
  if (oldRegex !== '') next.add(oldRegex, -1)
  if (newRegex !== '') next.add(newRegex, 1)
  isDue ||= next.counts.size !== group.resolvedRegexes.size
  isDue ||= (last?.version ?? 0) < context.newTopicsOffset()
  isDue ||= ageMs > context.config.regexRefreshIntervalMs
  if (isDue && next.counts.size > 0) resolve(context, group.groupId, [...next.counts.keys()], mayDescribe)
  return change
}

interface MemberChange {
  readonly former: ConsumerMember
  readonly updated: ConsumerMember
  /** Whether the member may know of a topic. As in Kafka, what it may not know of its whole group does not find, until another member has the patterns looked up. */
  readonly mayDescribe?: ((topic: string) => boolean) | undefined
}

function everyTopic(): boolean {
  return true
}

function throwIfInvalid(regex: string): void {
  try {
    compileRe2(regex)
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'not RE2'
    const text = `The topic pattern ${JSON.stringify(regex)} is not a valid RE2 expression: ${reason}.`
    throw new ProtocolError(errorCodes.INVALID_REGULAR_EXPRESSION, text)
  }
}

/** One pattern on its way through the names. */
interface Search {
  readonly regex: string
  /** Undefined: not a pattern (any more), so it matches nothing. */
  readonly pattern: Re2Pattern | undefined
  readonly cost: number
  readonly topics: Set<string>
}

function resolve(
  context: GroupContext,
  groupId: string,
  regexes: readonly string[],
  mayDescribe: (topic: string) => boolean,
): void {
  context.resolvingRegexes.add(groupId)
  const version = context.image.offset
  const names = [...context.image.topicsByName.keys()]
  const searches = regexes.map(startSearch)
  let done = 0
  const slice = (step: GroupStep): void => {
    const pairCount = names.length * searches.length
    for (let cost = 0; done < pairCount && cost < sliceCostMax; done++) {
      const name = names[Math.floor(done / searches.length)] as string
      const search = searches[done % searches.length] as Search
      cost += search.cost * (name.length + 1)
      if (search.pattern?.matches(name) && mayDescribe(name)) search.topics.add(name)
    }
    if (done < pairCount) {
      context.timers.set(0, slice)
      return
    }
    context.resolvingRegexes.delete(groupId)
    const group = context.groups.get(groupId)
    // It may have been deleted, or become a classic one.
    if (group?.kind !== 'consumer') return
    for (const { regex, topics } of searches) {
      if (group.subscriptions.regexes.get(regex) === 0) continue
      step.append(regexRecord(groupId, regex, { topics, version, timestampMs: step.now }))
    }
    enterNextEpochIfChanged(context, step, group, searches)
  }
  context.timers.set(0, slice)
}

function startSearch(regex: string): Search {
  try {
    const pattern = compileRe2(regex)
    return { regex, pattern, cost: pattern.programSize(), topics: new Set() }
  } catch {
    return { regex, pattern: undefined, cost: 0, topics: new Set() }
  }
}

function enterNextEpochIfChanged(
  context: GroupContext,
  step: GroupStep,
  group: ConsumerGroup,
  searches: readonly Search[],
): void {
  const { byName, byRegex, regexes } = group.subscriptions
  const next = { byName, byRegex: byRegex.copy(), regexes }
  let isChanged = false
  for (const { regex, topics } of searches) {
    if (regexes.get(regex) === 0) continue
    const known = group.resolvedRegexes.get(regex)?.topics ?? new Set<string>()
    isChanged ||= known.size !== topics.size || [...topics].some(topic => !known.has(topic))
    for (const topic of known) next.byRegex.add(topic, -1)
    for (const topic of topics) next.byRegex.add(topic, 1)
  }
  const metadataHash = context.topicHashes.groupHash(subscribedTopics(next))
  if (!isChanged && metadataHash === group.metadataHash) return
  const epoch = group.groupEpoch + 1
  step.append(groupEpochRecord(group.groupId, epoch, metadataHash))
  group.metadataFreshness = { untilMs: step.now + metadataRefreshMs, epoch }
}

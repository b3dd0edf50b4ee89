import { DorsaleError } from '@dorsale/base'
import { describe } from '../misuse.ts'

/**
 * Topics by a pattern that the broker reads (KIP-848): RE2 syntax, matched against the whole name. Needs `group.protocol=consumer`.
 */
export class SubscriptionPattern {
  readonly pattern: string

  constructor(pattern: string) {
    if (pattern === '') throw new DorsaleError('DORSALE_INVALID_SUBSCRIPTION', 'a pattern for topics must not be empty')
    this.pattern = pattern
  }
}

/** What a consumer may subscribe to: topics by name, by a pattern of the application's own that it matches itself, or by one that the broker matches. */
export type Topics = readonly string[] | RegExp | SubscriptionPattern

/** Throws `DORSALE_INVALID_SUBSCRIPTION` for what is nothing to subscribe to. */
export function checkTopics(topics: Topics): void {
  if (topics instanceof RegExp || topics instanceof SubscriptionPattern) return
  const isList = Array.isArray(topics)
  const wrong = isList ? topics.find(name => typeof name !== 'string') : topics
  if (!isList || wrong !== undefined) {
    throw new DorsaleError(
      'DORSALE_INVALID_SUBSCRIPTION',
      `subscribe takes an array of names, a RegExp or a SubscriptionPattern, and was given ${isList ? 'an array with ' : ''}${describe(wrong)}`,
    )
  }
  if (topics.length === 0 || topics.some(name => name.trim() === '')) {
    throw new DorsaleError(
      'DORSALE_INVALID_SUBSCRIPTION',
      'subscribe needs at least one topic, and no empty name; unsubscribe gives up all',
    )
  }
}

/** Who polls without a subscription would wait for ever; Kafka's clients refuse it too. `first`: what comes before. */
export function nothingToReadError(first: string): DorsaleError {
  return new DorsaleError('DORSALE_INVALID_SUBSCRIPTION', `there is nothing to read: ${first} comes first`)
}

/** Whether a whole name matches, as Kafka's clients match. */
export function matchesWhole(pattern: RegExp, name: string): boolean {
  // `g` and `y` would make the answer depend on the one before.
  const match = new RegExp(pattern.source, pattern.flags.replaceAll(/[gy]/g, '')).exec(name)
  return match !== null && match.index === 0 && match[0].length === name.length
}

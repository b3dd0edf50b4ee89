import type { Call } from '../api.ts'

/** Whoever subscribes to topics by name must be allowed to describe all of them: TOPIC_AUTHORIZATION_FAILED. Null, or none: nothing is said of topics. */
export function requireTopics({ rights }: Call, names: readonly string[] | null): void {
  for (const name of names ?? []) rights.require('DESCRIBE', 'TOPIC', name)
}

import { clampToBounds } from './group-rules.ts'
import { groupSynonyms } from './group-synonyms.ts'
import { type BrokerValues, type GroupValues, groupTable } from './tables/index.ts'

/**
 * What holds for one group: what it was set to itself, brought within the bounds that the broker has now, or else the broker's own value. A setting that
 * does not hold (Kafka or another release wrote it) is passed over.
 */
export function groupSetting<Key extends keyof GroupValues>(
  own: ReadonlyMap<string, string>,
  broker: BrokerValues,
  key: Key,
): GroupValues[Key] {
  const text = own.get(key)
  const parsed = text === undefined ? undefined : groupTable.parseValue(key, text)
  if (parsed !== undefined && 'value' in parsed) return clampToBounds(key, parsed.value as GroupValues[Key], broker)
  const synonym = groupSynonyms[key] as keyof BrokerValues | undefined
  return synonym === undefined ? defaults[key] : (broker[synonym] as unknown as GroupValues[Key])
}

const defaults = groupTable.parse(new Map()).config

import type { ConfigProblem } from '@dorsale/base'
import { type BrokerValues, brokerTable } from '../config/index.ts'

/** The broker's settings as one listener has them, or one mechanism at it: `listener.name.<listener>.<key>` goes over `<key>`, and `listener.name.<listener>.<mechanism>.<key>` over both. */
export interface ListenerSettings {
  readonly values: BrokerValues
  /** Of the settings of this listener alone, each under the name that it was given. */
  readonly problems: readonly ConfigProblem[]
}

/** What the keys of a listener, or of a mechanism at it, begin with. */
export function listenerPrefix(listenerName: string, mechanism?: string): string {
  const prefix = `listener.name.${listenerName.toLowerCase()}.`
  return mechanism === undefined ? prefix : `${prefix}${mechanism.toLowerCase()}.`
}

/** `texts`: every setting of the broker, as text. Keys that name something else (a mechanism, a class) are passed over. */
export function listenerSettings(
  texts: ReadonlyMap<string, string>,
  listenerName: string,
  mechanism?: string,
): ListenerSettings {
  const own = new Map(texts)
  const names = new Map<string, string>()
  const prefixes = [listenerPrefix(listenerName)]
  if (mechanism !== undefined) prefixes.push(listenerPrefix(listenerName, mechanism))
  for (const prefix of prefixes) {
    for (const [key, text] of texts) {
      const base = key.startsWith(prefix) ? key.slice(prefix.length) : undefined
      if (base === undefined || brokerTable.row(base) === undefined) continue
      own.set(base, text)
      names.set(base, key)
    }
  }
  const { config, problems } = brokerTable.parse(own, { allow: () => true })
  return {
    values: config,
    problems: problems.flatMap(({ key, message }) => {
      const name = names.get(key)
      return name === undefined ? [] : [{ key: name, message: `${name}: ${message}` }]
    }),
  }
}

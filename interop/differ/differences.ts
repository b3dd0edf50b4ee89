import { elementName } from './element-name.ts'

/** Where two comparable values differ, path by path. */

export interface Difference {
  /** `topics[name=orders].partitions[0].errorCode` */
  readonly path: string
  readonly dorsale: unknown
  readonly kafka: unknown
}

export function differencesOf(dorsale: unknown, kafka: unknown, path = ''): Difference[] {
  if (Object.is(dorsale, kafka)) return []
  if (Array.isArray(dorsale) && Array.isArray(kafka)) {
    const ours = byName(dorsale)
    const theirs = byName(kafka)
    return [...new Set([...ours.keys(), ...theirs.keys()])].flatMap(name =>
      differencesOf(ours.get(name), theirs.get(name), `${path}[${shortened(name)}]`),
    )
  }
  if (isObject(dorsale) && isObject(kafka)) {
    const names = new Set([...Object.keys(dorsale), ...Object.keys(kafka)])
    return [...names].flatMap(name => differencesOf(dorsale[name], kafka[name], path === '' ? name : `${path}.${name}`))
  }
  return [{ path, dorsale, kafka }]
}

/** A name as it stands in a path. */
function shortened(name: string): string {
  const text = name.trim()
  return text.length <= 40 ? text : `${text.slice(0, 10)}...${text.length}`
}

/** Elements by what names them, by their place where nothing does; of one name, the second is `name#2`. */
function byName(elements: readonly unknown[]): Map<string, unknown> {
  const named = new Map<string, unknown>()
  for (const [index, element] of elements.entries()) {
    const name = elementName(element) ?? String(index)
    let label = name
    for (let count = 2; named.has(label); count++) label = `${name}#${count}`
    named.set(label, element)
  }
  return named
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

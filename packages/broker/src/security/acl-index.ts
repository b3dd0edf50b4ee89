import { type AccessControlEntryRecord, aclPatternTypes, aclWildcard, anyPrincipal } from '@dorsale/protocol'

type Entry = AccessControlEntryRecord

/**
 * All ACLs, arranged for the question which of them concern one resource and one principal:
 *
 *     type of resource -> literal name -> principal -> entries
 *                      -> prefix       -> principal -> entries     and the lengths that prefixes have
 *
 * A name is looked up as it stands, as `*`, and once for each length of a prefix that there is: what a question costs depends on neither the number of ACLs
 * nor that of principals.
 */
export class AclIndex {
  readonly #byType = new Map<number, TypeIndex>()

  add(entry: Entry): void {
    const index = this.#byType.get(entry.resourceType) ?? new TypeIndex()
    this.#byType.set(entry.resourceType, index)
    index.add(entry)
  }

  remove(entry: Entry): void {
    this.#byType.get(entry.resourceType)?.remove(entry)
  }

  clear(): void {
    this.#byType.clear()
  }

  /** The ACLs of each pattern that concerns a resource, by principal. */
  concerning(resourceType: number, name: string): readonly EntriesByPrincipal[] {
    return this.#byType.get(resourceType)?.concerning(name) ?? none
  }

  /** Those of a type of resources that name a principal, or everybody. */
  *ofPrincipal(resourceType: number, principal: string): Iterable<Entry> {
    for (const entries of this.#byType.get(resourceType)?.all() ?? none) yield* entriesFor(entries, principal)
  }
}

/** The entries of one pattern. */
export type EntriesByPrincipal = ReadonlyMap<string, readonly Entry[]>

function* entriesFor(entries: EntriesByPrincipal, principal: string): Iterable<Entry> {
  yield* entries.get(principal) ?? none
  if (principal !== anyPrincipal) yield* entries.get(anyPrincipal) ?? none
}

class TypeIndex {
  readonly #literal = new PatternIndex()
  readonly #prefixed = new PatternIndex()
  /** How many prefixes have each length. */
  readonly #prefixLengths = new Map<number, number>()

  add(entry: Entry): void {
    if (entry.patternType !== aclPatternTypes.PREFIXED) this.#literal.add(entry)
    else if (this.#prefixed.add(entry)) this.#countLength(entry.resourceName.length, 1)
  }

  remove(entry: Entry): void {
    if (entry.patternType !== aclPatternTypes.PREFIXED) this.#literal.remove(entry)
    else if (this.#prefixed.remove(entry)) this.#countLength(entry.resourceName.length, -1)
  }

  concerning(name: string): EntriesByPrincipal[] {
    const found: EntriesByPrincipal[] = []
    const keep = (entries: EntriesByPrincipal | undefined) => {
      if (entries !== undefined) found.push(entries)
    }
    keep(this.#literal.get(name))
    if (name !== aclWildcard) keep(this.#literal.get(aclWildcard))
    for (const length of this.#prefixLengths.keys()) {
      if (length <= name.length) keep(this.#prefixed.get(name.slice(0, length)))
    }
    return found
  }

  *all(): Iterable<EntriesByPrincipal> {
    yield* this.#literal.all()
    yield* this.#prefixed.all()
  }

  #countLength(length: number, change: 1 | -1): void {
    const count = (this.#prefixLengths.get(length) ?? 0) + change
    if (count === 0) this.#prefixLengths.delete(length)
    else this.#prefixLengths.set(length, count)
  }
}

/** Patterns of one kind, by name. None is kept without entries. */
class PatternIndex {
  readonly #byName = new Map<string, Map<string, Entry[]>>()

  get(name: string): EntriesByPrincipal | undefined {
    return this.#byName.get(name)
  }

  all(): Iterable<EntriesByPrincipal> {
    return this.#byName.values()
  }

  /** Answers whether the pattern is new. */
  add(entry: Entry): boolean {
    const { resourceName, principal } = entry
    const known = this.#byName.get(resourceName)
    if (known === undefined) {
      this.#byName.set(resourceName, new Map([[principal, [entry]]]))
      return true
    }
    const entries = known.get(principal)
    if (entries === undefined) known.set(principal, [entry])
    else entries.push(entry)
    return false
  }

  /** Answers whether nothing is left of the pattern. */
  remove({ id, resourceName, principal }: Entry): boolean {
    const known = this.#byName.get(resourceName)
    const left = known?.get(principal)?.filter(entry => entry.id !== id)
    if (known === undefined || left === undefined) return false
    if (left.length > 0) known.set(principal, left)
    else known.delete(principal)
    return known.size === 0 && this.#byName.delete(resourceName)
  }
}

const none: readonly never[] = []

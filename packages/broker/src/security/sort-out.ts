/** Splits what a request names by whether its sender may have it; both halves keep their order. */
export function sortOut<Item>(
  items: readonly Item[],
  isAllowed: (item: Item) => boolean,
): { readonly allowed: Item[]; readonly refused: Item[] } {
  const allowed: Item[] = []
  const refused: Item[] = []
  for (const item of items) (isAllowed(item) ? allowed : refused).push(item)
  return { allowed, refused }
}

/** What stands more than once in a request is wrong before anybody asks whose it is. */
export function repeatedIn<Value>(values: readonly Value[]): ReadonlySet<Value> {
  const seen = new Set<Value>()
  const repeated = new Set<Value>()
  for (const value of values) (seen.has(value) ? repeated : seen).add(value)
  return repeated
}

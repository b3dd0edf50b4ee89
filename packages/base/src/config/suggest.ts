/**
 * The name nearest to a misspelt one, if it is near enough to be meant: at most a third of the letters changed, and at most three; else one that has a part more in front, or a part less
 * (`socket.send.buffer.bytes` of a broker is `send.buffer.bytes` of a client).
 */
export function suggestName(misspelt: string, names: Iterable<string>): string | undefined {
  const all = [...names]
  return nearestName(misspelt, all) ?? all.find(name => isEndOf(name, misspelt) || isEndOf(misspelt, name))
}

/** One part alone, as `id`, ends too many names. */
function isEndOf(end: string, name: string): boolean {
  return end.includes('.') && name.endsWith(`.${end}`)
}

function nearestName(misspelt: string, names: Iterable<string>): string | undefined {
  const limit = Math.min(3, Math.floor(misspelt.length / 3))
  let best: string | undefined
  let bestDistance = limit + 1
  for (const name of names) {
    if (Math.abs(name.length - misspelt.length) >= bestDistance) continue
    const distance = editDistance(misspelt, name)
    if (distance < bestDistance) {
      best = name
      bestDistance = distance
    }
  }
  return best
}

/** Insertions, deletions, replacements and swaps of neighbours that lead from one text to the other. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1]
      let cost = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + (same ? 0 : 1))
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      if (swapped) cost = Math.min(cost, beforeLast[column - 2]! + 1)
      current.push(cost)
    }
    beforeLast = last
    last = current
  }
  return last[to.length]!
}

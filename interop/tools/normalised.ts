/** What a tool printed, in a form in which two brokers can be compared: what each draws by itself is replaced by what it stands for. */

const replacements: readonly [RegExp, string][] = [
  [/\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d([:.,]\d+)?/g, '#time'],
  // Milliseconds since 1970, of this decade and the next.
  [/\b1[789]\d{11}\b/g, '#now'],
  // Members of groups: a client id and a version-4 UUID, or a base64 one.
  [/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '#uuid'],
  [/(?<![\w-])(?=[\w-]*[A-Z])(?=[\w-]*[a-z])[\w-]{22}(?![\w(-])/g, '#id'],
  // Groups that the tools make up for themselves.
  [/\b(console|perf)-consumer-\d+/g, '$1-consumer-#'],
]

export interface BrokerFacts {
  readonly port: number
  readonly directory: string
}

/** Lines of an output; sorted where their order means nothing. */
export function normalisedLines(
  output: string,
  { port, directory }: BrokerFacts,
  options: { isUnordered: boolean; masks: readonly RegExp[] },
): string[] {
  const text = output
    .replaceAll(directory, '#directory')
    .replaceAll(new RegExp(`\\b(${port}|${port + 1})\\b`, 'g'), '#port')
  const lines = text
    .trimEnd()
    .split('\n')
    .map(line => {
      // Columns are as wide as what stands in them.
      const joined = inOrder(line.trim().replaceAll(/[ \t]+/g, ' '))
      let named = joined
      for (const [pattern, name] of replacements) named = named.replaceAll(pattern, name)
      return options.masks.reduce((masked, pattern) => masked.replaceAll(pattern, '#'), named)
    })
  return options.isUnordered ? lines.sort() : lines
}

/** An object of JSON with its members by their names: Java's come in the order of a hash table. */
function inOrder(line: string): string {
  if (!line.startsWith('{"') || !line.endsWith('}')) return line
  try {
    const members = Object.entries(JSON.parse(line) as object)
    return JSON.stringify(Object.fromEntries(members.sort(([one], [other]) => (one < other ? -1 : 1))))
  } catch {
    return line
  }
}

/** Lines that only one has, in their order; a line that both have at other places is one that each has alone. */
export function differingLines(ours: readonly string[], theirs: readonly string[]): string[] {
  const rows = longestCommonRows(ours, theirs)
  const lines: string[] = []
  for (let ourIndex = 0, theirIndex = 0; ourIndex < ours.length || theirIndex < theirs.length; ) {
    const our = ours[ourIndex]
    const their = theirs[theirIndex]
    if (our !== undefined && our === their) {
      ourIndex++
      theirIndex++
    } else if (
      their !== undefined &&
      (our === undefined || rows.at(ourIndex, theirIndex + 1) >= rows.at(ourIndex + 1, theirIndex))
    ) {
      lines.push(`kafka    ${their}`)
      theirIndex++
    } else {
      lines.push(`dorsale  ${our}`)
      ourIndex++
    }
  }
  return lines
}

/** How many lines the rests from each pair of places on have in common. */
function longestCommonRows(ours: readonly string[], theirs: readonly string[]) {
  const width = theirs.length + 1
  const counts = new Uint32Array((ours.length + 1) * width)
  for (let ourIndex = ours.length - 1; ourIndex >= 0; ourIndex--) {
    for (let theirIndex = theirs.length - 1; theirIndex >= 0; theirIndex--) {
      const place = ourIndex * width + theirIndex
      counts[place] =
        ours[ourIndex] === theirs[theirIndex]
          ? (counts[place + width + 1] ?? 0) + 1
          : Math.max(counts[place + width] ?? 0, counts[place + 1] ?? 0)
    }
  }
  return { at: (ourIndex: number, theirIndex: number) => counts[ourIndex * width + theirIndex] ?? 0 }
}

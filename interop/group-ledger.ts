/**
 * What the members of a group have read, whatever became of them: each line (`<producer> <number>`) at least once, and at each place of each partition
 * always the same one. A line that comes again is no mistake: its reader may have died before it could commit.
 */
export class GroupLedger {
  /** By producer: how often each of its lines was read. */
  readonly #seen = new Map<string, number[]>()
  /** By partition: the line at each offset. */
  readonly #lines = new Map<string, string[]>()
  readonly #problems: string[] = []
  #again = 0
  /** Lines read, repetitions among them. */
  readCount = 0

  /** Takes what one member prints, as it comes: `partition, offset, key, value`, separated by tabs. A member that was killed may end inside a line. */
  member(): (chunk: Buffer) => void {
    let partial = ''
    return chunk => {
      const lines = (partial + chunk.toString()).split('\n')
      partial = lines.pop() ?? ''
      for (const line of lines) if (!line.startsWith('=')) this.#record(line)
    }
  }

  /** How many of these lines, by producer, nobody has read. */
  missing(sent: ReadonlyMap<string, number>): number {
    let missing = 0
    for (const [producer, count] of sent) {
      const seen = this.#seen.get(producer) ?? []
      for (let number = 0; number < count; number++) if (seen[number] === undefined) missing++
    }
    return missing
  }

  /** A summary when all is well; throws with the first problems otherwise. */
  end(sent: ReadonlyMap<string, number>): string {
    const missing = this.missing(sent)
    if (missing > 0) this.#problems.push(`${missing} lines were never read`)
    for (const [producer, seen] of this.#seen) {
      if (seen.length > (sent.get(producer) ?? 0)) this.#problems.push(`nobody sent ${producer} ${seen.length - 1}`)
    }
    if (this.#problems.length > 0) throw new Error(this.#problems.slice(0, 5).join('; '))
    return `each line read by the group, ${this.#again} of them again`
  }

  #record(line: string): void {
    this.readCount++
    const [partition = '', offset, , value = ''] = line.split('\t')
    const lines = this.#lines.get(partition) ?? []
    this.#lines.set(partition, lines)
    const known = lines[Number(offset)]
    if (known !== undefined && known !== value) {
      this.#problems.push(`${partition}@${offset} is ${value}, and was ${known}`)
    }
    lines[Number(offset)] = value
    const [producer = '', text] = value.split(' ')
    const seen = this.#seen.get(producer) ?? []
    this.#seen.set(producer, seen)
    const times = seen[Number(text)] ?? 0
    if (times > 0) this.#again++
    seen[Number(text)] = times + 1
  }
}

/** The numbers that Kafka's protocol has for an enumeration, with the names of Java's constants. */
export class Codes<const Table extends Readonly<Record<string, number>>> {
  readonly #codes: Table
  readonly #names: ReadonlyMap<number, keyof Table & string>

  constructor(codes: Table) {
    this.#codes = codes
    this.#names = new Map(Object.entries(codes).map(([name, code]) => [code, name]))
  }

  code(name: keyof Table): number {
    return this.#codes[name] as number
  }

  /** `UNKNOWN` for a number that this release has no name for. */
  name(code: number): (keyof Table & string) | 'UNKNOWN' {
    return this.#names.get(code) ?? 'UNKNOWN'
  }

  get names(): (keyof Table & string)[] {
    return [...this.#names.values()]
  }
}

export type NameIn<Table> = Table extends Codes<infer Codes> ? keyof Codes & string : never

import { ConfigError } from './config-error.ts'
import { Password } from './password.ts'
import { suggestName } from './suggest.ts'
import type { ConfigOfRows, ConfigProblem, ConfigRow, ConfigRows, ConfigValue } from './types.ts'
import { invalidValue, problemOf, rangeOf } from './validate.ts'
import { formatConfigValue, parseConfigValue } from './value.ts'

/** A rule between keys: the one to look at first, the sentence for those who break it, and the test. */
export type Relation<Config> = readonly [
  key: keyof Config & string,
  sentence: string | ((config: Config) => string),
  holds: (config: Config) => boolean,
]

export interface ParseOptions {
  /** Keys outside the table that are let through (and left to whoever knows them). Any other unknown key is a problem. */
  readonly allow?: (key: string) => boolean
}

export interface ParsedConfig<Config> {
  readonly config: Config
  /** Every setting holds by itself, so `config` can be read; `problems` may still name broken relations. */
  readonly sound: boolean
  readonly problems: readonly ConfigProblem[]
}

/**
 * A typed table of keys: one row each, from which types, parsing, defaults, validation, DescribeConfigs and the reference page come.
 *
 * ```ts
 * const table = defineConfig({
 *   'session.timeout.ms': { type: 'int', unit: 'ms', default: 45_000, min: 1, importance: 'medium', doc: '...', effect: { honoured: 'session.test.ts' } },
 *   'heartbeat.interval.ms': { type: 'int', unit: 'ms', default: 5_000, min: 1, importance: 'medium', doc: '...', effect: { honoured: 'session.test.ts' } },
 * }, [['heartbeat.interval.ms', 'heartbeat.interval.ms must be below session.timeout.ms', c => c['heartbeat.interval.ms'] < c['session.timeout.ms']]])
 * const config = table.load(new Map([['session.timeout.ms', '10000']]))
 * ```
 */
export function defineConfig<const Rows extends ConfigRows>(
  rows: Rows,
  relations: readonly Relation<ConfigOfRows<Rows>>[] = [],
): ConfigTable<Rows> {
  return new ConfigTable(rows, relations)
}

/** Any table, for code that walks its rows. */
export type AnyConfigTable = Omit<ConfigTable, 'relations'>

export class ConfigTable<const Rows extends ConfigRows = ConfigRows> {
  readonly rows: Rows
  readonly relations: readonly Relation<ConfigOfRows<Rows>>[]
  /** In the order of the table. */
  readonly keys: readonly (keyof Rows & string)[]

  constructor(rows: Rows, relations: readonly Relation<ConfigOfRows<Rows>>[]) {
    this.rows = rows
    this.relations = relations
    this.keys = Object.keys(rows)
  }

  /** Undefined: no such key. */
  row(key: string): ConfigRow | undefined {
    return Object.hasOwn(this.rows, key) ? this.rows[key] : undefined
  }

  /** Reads settings, checks each and the relations between them; every problem is reported, in the order of the settings, then of the table. */
  parse(settings: ReadonlyMap<string, string>, options: ParseOptions = {}): ParsedConfig<ConfigOfRows<Rows>> {
    const problems: ConfigProblem[] = []
    const values: Record<string, ConfigValue | null> = {}
    for (const key of this.keys) {
      const row = this.rows[key] as ConfigRow
      const value = defaultOf(row)
      if (value !== undefined) values[key] = value
      else if (!settings.has(key)) problems.push(missing(key))
    }
    for (const [key, text] of settings) {
      const row = this.row(key)
      if (row === undefined) {
        if (!options.allow?.(key)) problems.push(this.unknown(key))
        continue
      }
      const parsed = readValue(key, row, text)
      if ('problem' in parsed) problems.push(parsed.problem)
      else values[key] = parsed.value
    }
    const config = values as ConfigOfRows<Rows>
    // A relation between values that are themselves wrong would only repeat what has been said.
    const sound = problems.length === 0
    if (sound) problems.push(...this.#conflicts(config))
    return { config, sound, problems }
  }

  #conflicts(config: ConfigOfRows<Rows>): ConfigProblem[] {
    return this.relations
      .filter(([, , holds]) => !holds(config))
      .map(([key, sentence]) => ({ key, message: typeof sentence === 'string' ? sentence : sentence(config) }))
  }

  /** As `parse`; throws a `ConfigError` with all problems. */
  load(settings: ReadonlyMap<string, string>, options: ParseOptions = {}): ConfigOfRows<Rows> {
    const { config, problems } = this.parse(settings, options)
    if (problems.length > 0) throw new ConfigError(problems)
    return config
  }

  /** One key's value from text, or the problem with it. */
  parseValue(key: string, text: string): { readonly value: ConfigValue } | { readonly problem: ConfigProblem } {
    const row = this.row(key)
    return row === undefined ? { problem: this.unknown(key) } : readValue(key, row, text)
  }

  /** The value when nothing is set, as text; null: none. */
  defaultText(key: keyof Rows & string): string | null {
    const row = this.rows[key] as ConfigRow
    const value = defaultOf(row)
    return value === undefined || value === null ? null : formatConfigValue(row.type, value)
  }

  /** The values a key allows, in Kafka's notation: `[1,...]`, `[compact, delete]`; empty: any of its type. */
  range(key: keyof Rows & string): string {
    return rangeOf(this.rows[key] as ConfigRow)
  }

  /** The problem of a key that is not in the table, with the nearest one that is. */
  unknown(key: string): ConfigProblem {
    const near = suggestName(key, this.keys)
    const message = `Unknown configuration '${key}'`
    return near === undefined
      ? { key, message }
      : { key, message: `${message}: did you mean '${near}'?`, suggestion: near }
  }
}

function readValue(key: string, row: ConfigRow, text: string): { value: ConfigValue } | { problem: ConfigProblem } {
  const parsed = parseConfigValue(row.type, text)
  if ('reason' in parsed) {
    return { problem: { key, message: invalidValue(key, text, parsed.reason) } }
  }
  // Kafka drops what a list without duplicates says twice, with a warning in its log.
  const value = row.type === 'list' && row.distinct ? [...new Set(parsed.value as readonly string[])] : parsed.value
  const message = problemOf(key, row, value)
  return message === undefined ? { value } : { problem: { key, message } }
}

function defaultOf(row: ConfigRow): ConfigValue | null | undefined {
  if (row.type !== 'password') return row.default
  return typeof row.default === 'string' ? new Password(row.default) : row.default
}

function missing(key: string): ConfigProblem {
  return { key, message: `Missing required configuration "${key}" which has no default value.` }
}

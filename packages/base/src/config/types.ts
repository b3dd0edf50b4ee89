import type { Password } from './password.ts'

/** Kafka's ConfigDef types. `list` is comma-separated; `class` names a Java class, which is kept as text. */
export type ConfigType = 'boolean' | 'string' | 'int' | 'short' | 'long' | 'double' | 'list' | 'password' | 'class'

/** What code reads for each type. A `long` is exact: `Long.MAX_VALUE` is a real default in Kafka (see `saturate`). */
export interface ConfigValues {
  boolean: boolean
  string: string
  int: number
  short: number
  long: bigint
  double: number
  list: readonly string[]
  password: Password
  class: string
}

export type ConfigValue = ConfigValues[ConfigType]

export type Importance = 'high' | 'medium' | 'low'

/** Whether a running broker takes a new value: never, for one broker, or for one broker and as a default of the cluster. */
export type UpdateMode = 'read-only' | 'per-broker' | 'cluster-wide'

/** How true a key is here: a test holds it, it changes nothing (and why), or any value but the default is turned down (and why). */
export type Effect = { readonly honoured: string } | { readonly none: string } | { readonly refused: string }

interface RowOf<Type extends ConfigType, Default> {
  readonly type: Type
  /** The value when nothing is set; null: no value. Without it the key is required. */
  readonly default?: Default | null
  readonly importance: Importance
  /** `read-only` when not said. */
  readonly update?: UpdateMode
  /** Kafka hides it from its own documentation. */
  readonly internal?: true
  /** One or two short sentences in Markdown. */
  readonly doc: string
  readonly effect: Effect
  /** A rule that the other fields cannot say: what is wrong with the value, as a sentence, or undefined. */
  readonly check?: Check<ConfigValues[Type]>
}

/** `range` is Kafka's text for the values it allows; `problem` answers the sentence of a `ConfigProblem`, or undefined. */
export interface Check<Value> {
  readonly range: string
  readonly problem: (key: string, value: Value) => string | undefined
}

interface Bounded<Value> {
  readonly min?: Value
  readonly max?: Value
  /** What the number counts, for the reader: `ms`, `bytes`, `hours`... */
  readonly unit?: string
}

export type ConfigRow =
  | RowOf<'boolean', boolean>
  | (RowOf<'int', number> & Bounded<number>)
  | (RowOf<'short', number> & Bounded<number>)
  | (RowOf<'long', bigint> & Bounded<bigint>)
  | (RowOf<'double', number> & Bounded<number>)
  | (RowOf<'string', string> & {
      /** The only values allowed. */
      readonly values?: readonly string[]
      /** `values` compare without regard to case. */
      readonly ignoreCase?: true
      readonly nonEmpty?: true
    })
  | (RowOf<'list', readonly string[]> & {
      /** The only elements allowed. */
      readonly values?: readonly string[]
      /** Kafka's ValidList: duplicates are dropped, empty elements are not allowed. `nonEmpty`: at least one element. */
      readonly distinct?: true
      readonly nonEmpty?: true
    })
  | RowOf<'password', string>
  | RowOf<'class', string>

export type ConfigRows = Readonly<Record<string, ConfigRow>>

/** The object that code reads: each key with its type's value, or null where the table's default is null. */
export type ConfigOf<Table extends { readonly rows: ConfigRows }> = ConfigOfRows<Table['rows']>

export type ConfigOfRows<Rows extends ConfigRows> = {
  readonly [Key in keyof Rows]: ConfigValues[Rows[Key]['type']] | (Rows[Key] extends { default: null } ? null : never)
}

/** One sentence about one key: what was wrong, where, what to do. */
export interface ConfigProblem {
  readonly key: string
  readonly message: string
  /** Of a key that does not exist: the one that was probably meant. */
  readonly suggestion?: string
}

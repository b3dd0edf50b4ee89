import {
  ConfigError,
  type ConfigOfRows,
  type ConfigProblem,
  type ConfigRows,
  type ConfigTable,
  type Logger,
} from '@dorsale/base'
import { describe } from '../misuse.ts'

/** What a setting may be given as; all but text is for convenience and is read as its text. */
export type SettingValue = string | number | boolean | bigint | readonly string[]

/** The settings of a table as an application writes them, under Kafka's keys. */
export type SettingsOf<Table extends { readonly rows: ConfigRows }> = {
  readonly [Key in keyof Table['rows']]?: SettingValue
}

/**
 * Reads the settings of one client. Throws a `ConfigError` with every problem: unknown keys (with the key that was probably meant), values
 * out of range, relations that do not hold, and keys whose neglect would do harm. Keys that change nothing are named in the log.
 */
export function loadSettings<Rows extends ConfigRows>(
  table: ConfigTable<Rows>,
  settings: Readonly<Record<string, SettingValue | undefined>>,
  logger: Logger,
): ConfigOfRows<Rows> {
  const texts = new Map<string, string>()
  const refused: ConfigProblem[] = []
  for (const [key, value] of Object.entries(settings)) {
    // As in Java, null leaves a key out.
    if (value === undefined || value === null) continue
    if (isSettingValue(value)) texts.set(key, typeof value === 'object' ? value.join(',') : String(value))
    else
      refused.push({ key, message: `${key} must be text, a number, a boolean or an array, and is ${describe(value)}` })
  }
  const { config, problems } = table.parse(texts)
  for (const [key, text] of texts) {
    const row = table.row(key)
    if (row === undefined || isDefault(table.defaultText(key), text)) continue
    if ('refused' in row.effect) refused.push({ key, message: `${key}=${text} is refused: ${row.effect.refused}` })
    if ('none' in row.effect) logger.warn(`${key} has no effect: ${row.effect.none}`, { key })
  }
  if (problems.length + refused.length > 0) throw new ConfigError([...problems, ...refused])
  return config
}

function isSettingValue(value: unknown): boolean {
  return ['string', 'number', 'boolean', 'bigint'].includes(typeof value) || Array.isArray(value)
}

function isDefault(defaultText: string | null, text: string): boolean {
  return defaultText !== null && defaultText.toUpperCase() === text.trim().toUpperCase()
}

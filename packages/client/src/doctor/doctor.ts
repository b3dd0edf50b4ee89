/** Settings of a client held against what production asks of them. */
import type { AnyConfigTable, ConfigOfRows, ConfigProblem, ConfigRow, ConfigRows, ConfigTable } from '@dorsale/base'
import { adminTable } from '../config/admin-config.ts'
import { consumerTable } from '../config/consumer-config.ts'
import { producerTable, withFittingIdempotence } from '../config/producer-config.ts'
import { consumerChecklist, producerChecklist } from './checklist.ts'
import { connectionRules } from './connection-rules.ts'
import { consumerRules } from './consumer-rules.ts'
import { producerRules } from './producer-rules.ts'
import { gravities, type Rule, type Verdict } from './rule.ts'

/** The kinds of clients that `diagnose` knows. */
export const clientRoles = ['producer', 'consumer', 'admin'] as const
/** Whose settings are judged: those of a `producer`, a `consumer` or an `admin` client. */
export type ClientRole = (typeof clientRoles)[number]

/** A verdict, with the client that it is about and the rule it comes from. */
export interface Finding extends Verdict {
  readonly role: ClientRole
  /** The name of the rule; `settings` for what the client itself refuses. */
  readonly rule: string
}

interface Role {
  readonly table: AnyConfigTable
  /** Hands the rules the configuration that they are written for. */
  findings(settings: ReadonlyMap<string, string>): readonly (Verdict & { readonly rule: string })[]
  readonly rules: readonly Pick<Rule<never>, 'name' | 'point'>[]
  readonly checklist: readonly string[]
}

function role<Rows extends ConfigRows>(
  table: ConfigTable<Rows>,
  rules: readonly Rule<ConfigOfRows<Rows>>[],
  checklist: readonly string[],
): Role {
  return {
    table,
    rules,
    checklist,
    findings(settings) {
      const { config } = table.parse(settings)
      const subject = { config, isSet: (key: string) => settings.has(key) }
      return rules.flatMap(rule => {
        const verdict = rule.judge(subject)
        return verdict === undefined ? [] : [{ rule: rule.name, ...verdict }]
      })
    },
  }
}

const roles: Readonly<Record<ClientRole, Role>> = {
  producer: role(producerTable, producerRules, producerChecklist),
  consumer: role(consumerTable, consumerRules, consumerChecklist),
  admin: role(adminTable, connectionRules, []),
}

/** What these settings are for, by the keys that only one kind of client has; an admin client where there is no such key. */
export function rolesOf(settings: ReadonlyMap<string, string>): readonly ClientRole[] {
  const found = (['producer', 'consumer'] as const).filter(name =>
    [...settings.keys()].some(
      key => isKeyOf(name, key) && clientRoles.every(other => other === name || !isKeyOf(other, key)),
    ),
  )
  return found.length === 0 ? ['admin'] : found
}

/**
 * What is wrong with the settings of clients, the gravest first: what a client would refuse (misspelt keys, values out of range, contradictions), what it would
 * ignore, and what the production checklists say. One file may serve clients of several kinds: keys of another role are passed over.
 */
export function diagnose(
  settings: ReadonlyMap<string, string>,
  asked: readonly ClientRole[] = rolesOf(settings),
): Finding[] {
  const findings = asked.flatMap(name => {
    const { table, findings: judge } = roles[name]
    const own = asHeld(name, new Map([...settings].filter(([key]) => isKeyOf(name, key) || !isKeyOf('any', key))))
    return [...refusals(own, table), ...judge(own)].map(finding => ({ role: name, ...finding }))
  })
  const once = findings.filter((finding, index) => findings.findIndex(other => isSame(other, finding)) === index)
  return once.sort((one, other) => gravities.indexOf(one.gravity) - gravities.indexOf(other.gravity))
}

/** The settings that the client goes by: a producer gives up what it was not asked for where they exclude it. */
function asHeld(name: ClientRole, settings: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  if (name !== 'producer') return settings
  const held = withFittingIdempotence(Object.fromEntries(settings), () => {})
  return new Map(Object.entries(held).map(([key, value]) => [key, String(value)]))
}

/** The points of a role that settings answer, by the name of their rules, and those that they cannot. */
export function checklistOf(name: ClientRole): {
  readonly rules: readonly { readonly name: string; readonly point: string }[]
  readonly byHand: readonly string[]
} {
  const { rules, checklist } = roles[name]
  return { rules: rules.map(({ name: rule, point }) => ({ name: rule, point })), byHand: checklist }
}

function isKeyOf(name: ClientRole | 'any', key: string): boolean {
  const names = name === 'any' ? clientRoles : [name]
  return names.some(each => roles[each].table.row(key) !== undefined)
}

/** What two kinds of clients have in common is said once. */
function isSame(one: Finding, other: Finding): boolean {
  return one.rule === other.rule && one.key === other.key && one.why === other.why
}

function refusals(
  settings: ReadonlyMap<string, string>,
  table: AnyConfigTable,
): (Verdict & { readonly rule: string })[] {
  const { problems } = table.parse(settings)
  const withoutEffect = [...settings].flatMap(([key, text]) => {
    const row = table.row(key)
    return row === undefined || text.trim() === table.defaultText(key) ? [] : effectOf(key, row)
  })
  return [...problems.map(refusal), ...withoutEffect]
}

function refusal({ key, message, suggestion }: ConfigProblem): Verdict & { readonly rule: string } {
  const advice =
    suggestion === undefined ? 'the client does not start with it: change it or leave it out' : `write ${suggestion}`
  return { rule: 'settings', gravity: 'error', key, why: message, advice }
}

function effectOf(key: string, { effect }: ConfigRow): (Verdict & { readonly rule: string })[] {
  if ('refused' in effect)
    return [
      { rule: 'settings', gravity: 'error', key, why: `it is refused: ${effect.refused}`, advice: 'leave it out' },
    ]
  if ('none' in effect)
    return [
      { rule: 'settings', gravity: 'advice', key, why: `it has no effect: ${effect.none}`, advice: 'leave it out' },
    ]
  return []
}

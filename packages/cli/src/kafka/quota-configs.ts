/** Quotas of users, clients and addresses, and the SCRAM credentials of users, as `kafka-configs` prints and changes them. */
import {
  type Admin,
  anyMatch,
  type ClientQuota,
  type ClientQuotaFilter,
  type ScramCredentialAlteration,
} from '@dorsale/client'
import { type CommandIo, write } from '../command-io.ts'
import { usage } from './options.ts'

export const quotaTypes = ['users', 'clients', 'ips'] as const
export type QuotaType = (typeof quotaTypes)[number]

/** One kind of entity: by name, '' for the default of the kind, undefined for all. */
export interface QuotaEntity {
  readonly type: QuotaType
  readonly name: string | undefined
}

const protocolTypes: Readonly<Record<QuotaType, string>> = { users: 'user', clients: 'client-id', ips: 'ip' }
const printedTypes: Readonly<Record<string, string>> = { user: 'user-principal', 'client-id': 'client-id', ip: 'ip' }
const mechanisms = ['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const
const iterationsDefault = 4096

export async function describeQuotas(admin: Admin, io: CommandIo, entities: readonly QuotaEntity[]): Promise<void> {
  const components = entities.map(({ type, name }): ClientQuotaFilter['components'][number] => ({
    entityType: protocolTypes[type],
    match: name === undefined ? anyMatch : name === '' ? null : name,
  }))
  const quotas = await admin.describeClientQuotas({ components, strict: true })
  await write(io.stdout, quotas.map(quotaLine).join(''))
  const [first, other] = entities
  if (first?.type !== 'users' || other !== undefined || first.name === '') return
  const users = await admin.describeUserScramCredentials(first.name === undefined ? undefined : [first.name]).outcomes()
  for (const { value } of users) {
    // A user without any is an error to the broker, and nothing to print.
    if (value === undefined || value.credentialInfos.length === 0) continue
    const infos = value.credentialInfos.map(({ mechanism, iterations }) => `${mechanism}=iterations=${iterations}`)
    await write(io.stdout, `SCRAM credential configs for user-principal '${value.user}' are ${infos.join(', ')}\n`)
  }
}

function quotaLine({ entity, values }: ClientQuota): string {
  const names = Object.keys(printedTypes)
    .filter(type => Object.hasOwn(entity, type))
    .map(type => {
      const name = entity[type]
      return name === null ? `the default ${printedTypes[type]}` : `${printedTypes[type]} '${name}'`
    })
  const settings = Object.entries(values).map(([key, value]) => `${key}=${javaDouble(value)}`)
  return `Quota configs for ${names.join(', ')} are ${settings.join(', ')}\n`
}

/** As Java prints a double: whole numbers with a zero behind the point. */
function javaDouble(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e7 ? value.toFixed(1) : String(value)
}

export async function alterQuotas(
  admin: Admin,
  io: CommandIo,
  change: { entities: readonly QuotaEntity[]; toSet: ReadonlyMap<string, string>; toDelete: readonly string[] },
): Promise<void> {
  const { entities, toSet, toDelete } = change
  const [first, other] = entities
  if (first === undefined || entities.some(({ name }) => name === undefined))
    throw usage('An entity name must be specified for every entity type')
  const isScram = (key: string) => mechanisms.some(mechanism => mechanism === key)
  const keys = [...toSet.keys(), ...toDelete]
  if (keys.some(isScram)) {
    if (first.type !== 'users' || other !== undefined || !keys.every(isScram) || first.name === '')
      throw usage('SCRAM credentials are those of one user by name, and cannot be altered together with quotas')
    await admin.alterUserScramCredentials(credentials(first.name ?? '', toSet, toDelete))
  } else {
    const entity = Object.fromEntries(
      entities.map(({ type, name }) => [protocolTypes[type], name === '' ? null : (name ?? null)]),
    )
    const set = [...toSet].map(([key, text]) => [key, parseQuota(key, text)] as const)
    const ops = Object.fromEntries([...set, ...toDelete.map(key => [key, undefined] as const)])
    await admin.alterClientQuotas([{ entity, ops }])
  }
  const kind = first.type.slice(0, -1)
  const what =
    first.name === '' ? `default config for ${first.type} in the cluster` : `config for ${kind} ${first.name}`
  await write(io.stdout, `Completed updating ${what}.\n`)
}

function credentials(
  user: string,
  toSet: ReadonlyMap<string, string>,
  toDelete: readonly string[],
): ScramCredentialAlteration[] {
  const mechanismOf = (key: string) => mechanisms.find(mechanism => mechanism === key)!
  const upserts = [...toSet].map(([key, text]) => {
    const match = /^(?:iterations=(-?\d*),)?password=(.*)$/.exec(text)
    if (match === null) throw usage(`Invalid credential property ${key}=${text}`)
    const [, count, password = ''] = match
    const iterations = count === undefined || count === '' || count === '-1' ? iterationsDefault : Number(count)
    if (iterations < iterationsDefault)
      throw usage(`Iterations ${iterations} is less than the minimum ${iterationsDefault} required for ${key}`)
    return { user, mechanism: mechanismOf(key), password, iterations }
  })
  return [...upserts, ...toDelete.map(key => ({ user, mechanism: mechanismOf(key) }))]
}

function parseQuota(key: string, text: string): number {
  const value = Number(text)
  if (text === '' || Number.isNaN(value)) throw usage(`Cannot parse quota configuration value for ${key}: ${text}`)
  return value
}

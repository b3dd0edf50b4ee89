/**
 * What a definition says, reduced to what has an effect, in a form that Kafka's JSON and our tables can both be brought into and
 * compared in. Left out: words (`about`), and how Java keeps a value in memory (`zeroCopy`).
 */
import { createHash } from 'node:crypto'
import {
  type Field,
  formatVersions,
  type MessageTable,
  parseVersions,
  type StructType,
  type VersionRange,
  type WireType,
} from '@dorsale/protocol'
import type { Definition, FieldDefinition } from './definitions.ts'
import { valueName } from './names.ts'

export interface Description {
  name: string
  type: string
  apiKey: number | undefined
  listeners: string[]
  validVersions: string
  flexibleVersions: string
  latestVersionUnstable: boolean
  fields: FieldDescription[]
}

interface FieldDescription {
  name: string
  type: string
  versions: string
  nullable: string
  tagged: string
  tag: number | undefined
  /** Undefined for what the type starts from. */
  default: string | undefined
  ignorable: boolean
  mapKey: boolean
  entityType: string | undefined
  flexible: boolean
  fields: FieldDescription[]
}

/** Describes what Kafka's definition says. */
export function describeDefinition(definition: Definition): Description {
  const common = new Map((definition.commonStructs ?? []).map(struct => [struct.name, struct.fields]))
  const describe = (field: FieldDefinition): FieldDescription => {
    const versions = parseVersions(field.versions ?? field.taggedVersions ?? 'none')
    const inner = field.fields ?? common.get(field.type.replace('[]', '')) ?? []
    return {
      name: valueName(field.name),
      type: field.type,
      versions: formatVersions(versions),
      nullable: shared(parseVersions(field.nullableVersions ?? 'none'), versions),
      tagged: shared(parseVersions(field.taggedVersions ?? 'none'), versions),
      tag: field.tag,
      default: defaultOfDefinition(field),
      ignorable: field.ignorable ?? false,
      mapKey: field.mapKey ?? false,
      entityType: field.entityType,
      flexible: field.flexibleVersions !== 'none',
      fields: inner.map(describe),
    }
  }
  return {
    name: definition.name,
    type: definition.type,
    apiKey: definition.apiKey,
    listeners: definition.listeners ?? [],
    validVersions: definition.validVersions,
    flexibleVersions: definition.flexibleVersions ?? 'none',
    latestVersionUnstable: definition.latestVersionUnstable ?? false,
    fields: (definition.fields ?? []).map(describe),
  }
}

function defaultOfDefinition(field: FieldDefinition): string | undefined {
  if (field.type === 'records' && field.nullableVersions !== undefined) return 'null'
  const text = String(field.default ?? '')
  if (text.startsWith('0x')) return String(Number(text))
  return text === '' || text === '0' || text === 'false' ? undefined : text
}

/** Describes what our table says. */
export function describeTable(table: MessageTable): Description {
  return {
    name: table.name,
    type: table.type,
    apiKey: table.apiKey,
    listeners: [...table.listeners],
    validVersions: formatVersions(table.validVersions),
    flexibleVersions: formatVersions(table.flexibleVersions),
    latestVersionUnstable: table.latestVersionUnstable,
    fields: describeStruct(table.body),
  }
}

function describeStruct(struct: StructType): FieldDescription[] {
  return Object.entries(struct.fields).map(([name, field]) => ({
    name,
    type: typeName(field.type),
    versions: formatVersions(field.versions),
    nullable: field.type.kind === 'nullable' ? shared(field.type.versions, field.versions) : 'none',
    tagged: shared(field.taggedVersions, field.versions),
    tag: field.tag,
    default: defaultOfTable(field),
    ignorable: field.ignorable,
    mapKey: field.mapKey,
    entityType: field.entityType,
    flexible: !field.neverFlexible,
    fields: innerFields(field.type),
  }))
}

function typeName(type: WireType): string {
  switch (type.kind) {
    case 'nullable':
      return typeName(type.of)
    case 'array':
      return `[]${typeName(type.element)}`
    case 'struct':
      return type.name
    case 'exactInt64':
      return 'int64'
    default:
      return type.kind
  }
}

function innerFields(type: WireType): FieldDescription[] {
  if (type.kind === 'nullable') return innerFields(type.of)
  if (type.kind === 'array') return innerFields(type.element)
  return type.kind === 'struct' ? describeStruct(type) : []
}

function defaultOfTable(field: Field): string | undefined {
  if (field.default === undefined) return undefined
  return field.default === Number.POSITIVE_INFINITY ? String(2n ** 63n - 1n) : String(field.default)
}

/** The versions that two ranges have in common, in Kafka's notation. */
function shared(a: VersionRange, b: VersionRange): string {
  return formatVersions({ min: Math.max(a.min, b.min), max: Math.min(a.max, b.max) })
}

/** A digest of a description: what stands in for Kafka's definition where its jars are not at hand. */
export function digest(description: Description): string {
  return createHash('sha256').update(JSON.stringify(description)).digest('hex').slice(0, 16)
}

/** Writes a definition as the source of a table. */

import type { Definition, FieldDefinition } from './definitions.ts'
import { fieldDoc, messageDoc } from './docs.ts'
import { structTypeName, valueName } from './names.ts'

const primitives = new Set('bool int8 int16 uint16 int32 uint32 int64 float64 uuid string bytes records'.split(' '))

/** 64-bit integers of which every bit counts: producer ids and hashes. Every other one is a quantity. */
const exact = /producerId|metadataHash/i

/** TypeScript source of the table, not yet formatted. */
export function writeTable(definition: Definition): string {
  const imports = new Set(['message', 'type MessageOf'])
  const structs: string[] = []
  const types: string[] = []
  const written = new Set<string>()
  const common = new Map((definition.commonStructs ?? []).map(struct => [struct.name, struct]))

  /** Declares a structure, after those that it holds. */
  const declare = (name: string, fields: FieldDefinition[]) => {
    if (written.has(name)) return
    written.add(name)
    const body = writeFields(fields)
    imports.add('struct').add('type StructOf')
    structs.push(`const ${valueName(name)} = struct('${name}', {\n${body}})\n`)
    types.push(
      `export interface ${structTypeName(definition.name, name)} extends StructOf<typeof ${valueName(name)}> {}\n`,
    )
  }

  const writeFields = (fields: FieldDefinition[]): string => fields.map(field => `${writeField(field)},\n`).join('')

  const typeOf = (name: string, field: FieldDefinition): string => {
    if (name.startsWith('[]')) {
      imports.add('array')
      return `array(${typeOf(name.slice(2), field)})`
    }
    if (!primitives.has(name)) {
      declare(name, field.fields ?? common.get(name)?.fields ?? [])
      return valueName(name)
    }
    const type = name === 'int64' && exact.test(field.name) ? 'exactInt64' : name
    imports.add(type)
    return type
  }

  const writeField = (field: FieldDefinition): string => {
    imports.add('f')
    let type = typeOf(field.type, field)
    const versions = field.versions ?? field.taggedVersions
    if (versions === undefined) throw new Error(`${definition.name}.${field.name} has no versions`)
    if (field.nullableVersions !== undefined) {
      imports.add('nullable')
      type = covers(field.nullableVersions, versions)
        ? `nullable(${type})`
        : `nullable(${type}, '${field.nullableVersions}')`
    }
    const options: string[] = []
    const value = writeDefault(field, type)
    if (value !== undefined) options.push(`default: ${value}`)
    if (field.tag !== undefined) options.push(`tag: ${field.tag}`)
    if (field.tag !== undefined && field.taggedVersions !== versions) {
      options.push(`taggedVersions: '${field.taggedVersions}'`)
    }
    if (field.ignorable) options.push('ignorable: true')
    if (field.mapKey) options.push('mapKey: true')
    if (field.entityType) options.push(`entityType: '${field.entityType}'`)
    if (field.flexibleVersions !== undefined) options.push(`flexibleVersions: '${field.flexibleVersions}'`)
    const doc = fieldDoc(definition.name, valueName(field.name))
    const parts = [type, `'${versions}'`]
    if (doc !== undefined) parts.push(quote(doc))
    if (options.length > 0) parts.push(`{ ${options.join(', ')} }`)
    return `${valueName(field.name)}: f(${parts.join(', ')})`
  }

  const fields = writeFields(definition.fields ?? [])
  const head = [`name: '${definition.name}'`, `type: '${definition.type}'`]
  if (definition.apiKey !== undefined) head.push(`apiKey: ${definition.apiKey}`)
  if (definition.listeners !== undefined) {
    head.push(`listeners: [${definition.listeners.map(listener => `'${listener}'`).join(', ')}]`)
  }
  head.push(`validVersions: '${definition.validVersions}'`)
  head.push(`flexibleVersions: '${definition.flexibleVersions ?? 'none'}'`)
  if (definition.latestVersionUnstable === true) head.push('latestVersionUnstable: true')
  const order = [...imports].sort((a, b) => compare(a.replace('type ', ''), b.replace('type ', '')))
  return [
    `import { ${order.join(', ')} } from '../table/index.ts'\n`,
    ...structs,
    `${comment(messageDoc(definition))}\nexport const ${valueName(definition.name)} = message({`,
    `${head.join(',\n')},\nfields: {\n${fields}},\n})\n`,
    `export interface ${definition.name} extends MessageOf<typeof ${valueName(definition.name)}> {}\n`,
    ...types,
  ].join('\n')
}

function compare(a: string, b: string): number {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()]
  return x === y ? (a < b ? -1 : 1) : x < y ? -1 : 1
}

function comment(text: string): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line.length + word.length > 112) {
      lines.push(line)
      line = ''
    }
    line += line === '' ? word : ` ${word}`
  }
  lines.push(line)
  return lines.length === 1 ? `/** ${lines[0]} */` : `/**\n${lines.map(each => ` * ${each}`).join('\n')}\n */`
}

function quote(text: string): string {
  return text.includes("'") ? JSON.stringify(text) : `'${text}'`
}

/** The default as source; undefined when it is what the type starts from. */
function writeDefault(field: FieldDefinition, type: string): string | undefined {
  if (field.type === 'records' && field.nullableVersions !== undefined) return 'null'
  if (field.default === undefined || field.default === null) return undefined
  const text = String(field.default)
  if (text === 'null') return 'null'
  if (field.type === 'string') return text === '' ? undefined : quote(text)
  if (field.type === 'bool') return text === 'true' ? 'true' : undefined
  const value = BigInt(text.startsWith('-') ? -BigInt(text.slice(1)) : text)
  if (value === 0n) return undefined
  if (type === 'exactInt64') return `${value}n`
  if (value === 2n ** 63n - 1n) return 'Number.POSITIVE_INFINITY'
  if (!Number.isSafeInteger(Number(value))) throw new Error(`${field.name}: the default ${text} is no safe integer`)
  return String(value)
}

/** Whether one range of versions holds another. */
function covers(outer: string, inner: string): boolean {
  const range = (text: string) => {
    const [min, max] = text.endsWith('+') ? [text.slice(0, -1), 'Infinity'] : text.split('-')
    return { min: Number(min), max: Number(max ?? min) }
  }
  return range(outer).min <= range(inner).min && range(outer).max >= range(inner).max
}

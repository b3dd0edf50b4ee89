/**
 * Writes JavaScript for a message at one version, and compiles it: a function per structure and direction, straight-line,
 * fields in locals, and one object literal with every field in table order, so that all versions of a message share one
 * hidden class.
 *
 *     function decode1(r) {                          function encode1(w, v) {
 *       let x0 = r.compactString()                     if (v.leaderEpoch !== -1) refuseAbsent('FetchTopic.leaderEpoch')
 *       let x1 = []                                    w.compactString(v.topic)
 *       const count = r.structures(r.compactCount(5))  w.compactCount(v.partitions.length)
 *       for (...) x1.push(decode2(r))                  for (...) encode2(w, v.partitions[i])
 *       ...                                            ...
 *       return { topic: x0, partitions: x1, ... }
 *
 * Names and constants in the code come from tables only, never from input, and are quoted all the same. Structures are
 * registered before their bodies are written, so one that held itself would terminate.
 */
import { DecodeError } from '../bytes/decode-error.ts'
import type { MessageTable } from '../table/message.ts'
import type { PrimitiveType, StructType, WireType } from '../table/types.ts'
import type { Codec } from './codec.ts'
import { defaultSource, isDefaultSource } from './default-source.ts'
import { interpret, refuseAbsent, refuseNull } from './interpret.ts'
import { elementBytesMin, type NamedField, Shape, type StructPlan, unwrap } from './plan.ts'
import { inTagOrder, writeUnknownTags } from './unknown-tags.ts'

/** What generated code may call besides reader and writer. */
interface Helpers {
  refuseAbsent(path: string): never
  refuseNull(path: string): never
  inTagOrder: typeof inTagOrder
  writeUnknownTags: typeof writeUnknownTags
}

/** Longest damaged message that is walked again to name the field: ten times slower, it must not become a way to stop us. */
const walkedAgainBytesMax = 64 * 1024

/** Compiles a message at a version. Throws an EvalError where the process forbids code from strings. */
export function compile(table: MessageTable, version: number): Codec {
  const helpers: Helpers = {
    refuseAbsent: path => refuseAbsent(table.name, version, path),
    refuseNull: path => refuseNull(table.name, version, path),
    inTagOrder,
    writeUnknownTags,
  }
  const make = new Function('helpers', writeSource(table.body, Shape.of(table, version))) as (helpers: Helpers) => Codec
  const compiled = make(helpers)
  return {
    decode(reader) {
      const start = reader.offset
      try {
        return compiled.decode(reader)
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error
        // The fast path keeps no account of where it is: the interpreter walks the bytes again and names the field.
        if (reader.offset - start <= walkedAgainBytesMax) {
          reader.restart(start)
          interpret(table, version).decode(reader)
        }
        throw new DecodeError(error.reason, { message: table.name, version, offset: error.offset })
      }
    },
    encode: compiled.encode,
  }
}

/** The source of a function of `helpers` that answers `{ decode, encode }`. */
function writeSource(body: StructType, shape: Shape): string {
  const generator = new Generator(shape)
  const root = generator.struct(body)
  return [
    "'use strict'",
    'const { refuseAbsent, refuseNull, inTagOrder, writeUnknownTags } = helpers',
    ...generator.functions,
    `return { decode: decode${root}, encode: encode${root} }`,
  ].join('\n')
}

class Generator {
  readonly functions: string[] = []
  readonly #shape: Shape
  readonly #indexes = new Map<StructType, number>()

  constructor(shape: Shape) {
    this.#shape = shape
  }

  /** The number in the names of a structure's functions, which are written on first call. */
  struct(struct: StructType): number {
    const known = this.#indexes.get(struct)
    if (known !== undefined) return known
    const index = this.#indexes.size
    this.#indexes.set(struct, index)
    const plan = this.#shape.plan(struct)
    this.functions.push(this.#decoder(struct, index, plan))
    this.functions.push(this.#encoder(struct, index, plan))
    return index
  }

  #decoder(struct: StructType, index: number, { plain, tagged, strangeTags }: StructPlan): string {
    const names = Object.keys(struct.fields)
    const local = (name: string) => `x${names.indexOf(name)}`
    const lines: string[] = []
    for (const { name, field } of plain) {
      lines.push(`let ${local(name)}`, ...this.#read(local(name), field.type, this.#shape.ofField(field)))
    }
    if (this.#shape.flexible) {
      if (tagged.length > 0) lines.push(`let ${tagged.map(({ name }) => local(name)).join(', ')}`)
      lines.push('let unknown', 'for (let left = r.uvarint(); left > 0; left--) {')
      lines.push('const tag = r.uvarint(), size = r.uvarint()', 'switch (tag) {')
      for (const { name, field } of tagged) {
        lines.push(`case ${field.tag}: {`, 'const end = r.sizedEnd(size)')
        lines.push(...this.#readTagged(local(name), field.type), 'r.expectOffset(end)', 'break', '}')
      }
      for (const tag of strangeTags) lines.push(`case ${tag}: r.fail('tag ${tag} does not exist at this version')`)
      lines.push('default: (unknown ??= []).push(r.unknownTaggedField(tag, size))', '}', '}')
      for (const { name, field } of tagged) {
        lines.push(`if (${local(name)} === undefined) ${local(name)} = ${defaultSource(field)}`)
      }
    }
    const present = new Set([...plain, ...tagged].map(({ name }) => name))
    const members = Object.entries(struct.fields).map(
      ([name, field]) => `${JSON.stringify(name)}: ${present.has(name) ? local(name) : defaultSource(field)}`,
    )
    lines.push(`const value = { ${members.join(', ')} }`)
    // The one late property: it is there only when a newer peer sent a tag that our table does not know.
    if (this.#shape.flexible) lines.push('if (unknown !== undefined) value.unknownTaggedFields = inTagOrder(unknown)')
    lines.push('return value')
    return `function decode${index}(r) {\n${lines.join('\n')}\n}`
  }

  /** Statements that read a value into a variable. */
  #read(target: string, wireType: WireType, shape: Shape): string[] {
    const { type, nullable } = unwrap(wireType, shape)
    if (type.kind !== 'array') return [`${target} = ${this.#readExpression(type, nullable, shape)}`]
    const call = `r.${countMethod(nullable, shape)}(${elementBytesMin(type.element, shape)})`
    const loop = [
      `const count = ${type.element.kind === 'struct' ? `r.structures(${call})` : call}`,
      `${target} = []`,
      `for (let i = 0; i < count; i++) ${target}.push(${this.#readExpression(type.element, false, shape)})`,
    ]
    if (nullable) loop.push(`if (count < 0) ${target} = null`)
    return ['{', ...loop, '}']
  }

  /** As `#read`, where the mark of a nullable structure is a varint. */
  #readTagged(target: string, wireType: WireType): string[] {
    const { type, nullable } = unwrap(wireType, this.#shape)
    if (type.kind !== 'struct' || !nullable) return this.#read(target, wireType, this.#shape)
    return [`${target} = r.uvarint() === 0 ? null : decode${this.struct(type)}(r)`]
  }

  #readExpression(type: PrimitiveType | StructType, nullable: boolean, shape: Shape): string {
    switch (type.kind) {
      case 'struct': {
        const call = `decode${this.struct(type)}(r)`
        return nullable ? `r.int8() < 0 ? null : ${call}` : call
      }
      case 'string':
      case 'bytes':
        return `r.${sizedMethod(type.kind, nullable, shape)}()`
      case 'records':
        return `r.${sizedMethod('bytes', nullable, shape)}()`
      default:
        return `r.${type.kind}()`
    }
  }

  #encoder(struct: StructType, index: number, plan: StructPlan): string {
    const path = (name: string) => JSON.stringify(`${struct.name}.${name}`)
    const lines: string[] = []
    for (const { name, field } of plan.absent) {
      if (field.ignorable) continue
      lines.push('{', `const x = v[${JSON.stringify(name)}]`)
      lines.push(`if (!(${isDefaultSource(field, 'x')})) refuseAbsent(${path(name)})`, '}')
    }
    for (const { name, field } of plan.plain) {
      lines.push('{', `const x = v[${JSON.stringify(name)}]`)
      lines.push(...this.#write(field.type, path(name), this.#shape.ofField(field)), '}')
    }
    if (this.#shape.flexible) lines.push(...this.#writeTags(plan.tagged, path))
    return `function encode${index}(w, v) {\n${lines.join('\n')}\n}`
  }

  #writeTags(tagged: readonly NamedField[], path: (name: string) => string): string[] {
    const lines = ['const unknown = v.unknownTaggedFields', 'let tags = unknown === undefined ? 0 : unknown.length']
    for (const { name, field } of tagged) {
      const x = `t${field.tag}`
      lines.push(`const ${x} = v[${JSON.stringify(name)}]`)
      lines.push(`const has${field.tag} = !(${isDefaultSource(field, x)})`, `if (has${field.tag}) tags++`)
    }
    lines.push('w.uvarint(tags)', 'if (tags > 0) {', 'let next = 0')
    for (const { name, field } of tagged) {
      lines.push(`if (has${field.tag}) {`)
      lines.push(`if (unknown !== undefined) next = writeUnknownTags(w, unknown, next, ${field.tag})`)
      lines.push(`w.uvarint(${field.tag})`, 'const start = w.beginSized()', `const x = t${field.tag}`)
      lines.push(...this.#writeTagged(field.type, path(name)), 'w.endSized(start)', '}')
    }
    lines.push('if (unknown !== undefined) writeUnknownTags(w, unknown, next, Infinity)', '}')
    return lines
  }

  /** Statements that write the variable `x`. */
  #write(wireType: WireType, path: string, shape: Shape): string[] {
    const { type, nullable } = unwrap(wireType, shape)
    const lines: string[] = []
    if (!nullable && wireType.kind === 'nullable') lines.push(`if (x === null) refuseNull(${path})`)
    if (type.kind === 'array') {
      const method = shape.flexible ? 'compactCount' : 'count'
      const element = this.#writeStatement(type.element, 'x[i]', false, shape)
      const loop = [`w.${method}(x.length)`, `for (let i = 0; i < x.length; i++) ${element}`]
      if (nullable) return [...lines, `if (x === null) w.${method}(-1)`, 'else {', ...loop, '}']
      return [...lines, ...loop]
    }
    return [...lines, this.#writeStatement(type, 'x', nullable, shape)]
  }

  /** As `#write`, where the mark of a nullable structure is a varint. */
  #writeTagged(wireType: WireType, path: string): string[] {
    const { type, nullable } = unwrap(wireType, this.#shape)
    if (type.kind !== 'struct' || !nullable) return this.#write(wireType, path, this.#shape)
    return [`if (x === null) w.uvarint(0); else { w.uvarint(1); encode${this.struct(type)}(w, x) }`]
  }

  #writeStatement(type: PrimitiveType | StructType, x: string, nullable: boolean, shape: Shape): string {
    switch (type.kind) {
      case 'struct': {
        const call = `encode${this.struct(type)}(w, ${x})`
        return nullable ? `if (${x} === null) w.int8(-1); else { w.int8(1); ${call} }` : call
      }
      case 'string':
      case 'bytes':
        return `w.${sizedMethod(type.kind, nullable, shape)}(${x})`
      case 'records':
        return `w.${sizedMethod('records', true, shape)}(${x})`
      default:
        return `w.${type.kind}(${x})`
    }
  }
}

function sizedMethod(kind: 'string' | 'bytes' | 'records', nullable: boolean, { flexible }: Shape): string {
  const name = `${nullable ? 'Nullable' : ''}${kind[0]!.toUpperCase()}${kind.slice(1)}`
  return flexible ? `compact${name}` : name[0]!.toLowerCase() + name.slice(1)
}

function countMethod(nullable: boolean, { flexible }: Shape): string {
  if (flexible) return nullable ? 'compactNullableCount' : 'compactCount'
  return nullable ? 'nullableCount' : 'count'
}

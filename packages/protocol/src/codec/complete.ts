/**
 * Fills in what a part of a message leaves out: interpreted, and compiled like the codecs, since every answer of a broker goes
 * through it (FetchResponse of 64 partitions: 65 us interpreted, 3 us compiled).
 */
import type { StructType, TaggedFieldsHolder, WireType } from '../table/types.ts'
import { defaultSource } from './default-source.ts'
import { defaultOf } from './plan.ts'

/** A whole structure from a part of one. */
export function complete(
  struct: StructType,
  part: Record<string, unknown> & TaggedFieldsHolder,
): Record<string, unknown> {
  const value: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(struct.fields)) {
    const given = part[name]
    value[name] = given === undefined ? defaultOf(field) : completeValue(field.type, given)
  }
  if (part.unknownTaggedFields !== undefined) value.unknownTaggedFields = part.unknownTaggedFields
  return value
}

function completeValue(type: WireType, given: unknown): unknown {
  if (given === null) return null
  if (type.kind === 'nullable') return completeValue(type.of, given)
  if (type.kind === 'struct') return complete(type, given as Record<string, unknown>)
  if (type.kind !== 'array' || type.element.kind !== 'struct') return given
  const { element } = type
  return (given as Record<string, unknown>[]).map(each => complete(element, each))
}

/** The same as code. Throws an EvalError where the process forbids code from strings. */
export function compileCompleter(body: StructType): (part: object) => unknown {
  const functions: string[] = []
  const indexes = new Map<StructType, number>()

  /** The number in the name of a structure's function, which is written on first call. */
  const indexOf = (struct: StructType): number => {
    const known = indexes.get(struct)
    if (known !== undefined) return known
    const index = indexes.size
    indexes.set(struct, index)
    const members = Object.entries(struct.fields).map(([name, field]) => {
      const given = `p[${JSON.stringify(name)}]`
      return `${JSON.stringify(name)}: ${given} === undefined ? ${defaultSource(field)} : ${completion(field.type, given)}`
    })
    functions.push(
      `function complete${index}(p) {`,
      `const value = { ${members.join(', ')} }`,
      'if (p.unknownTaggedFields !== undefined) value.unknownTaggedFields = p.unknownTaggedFields',
      'return value',
      '}',
    )
    return index
  }

  /** The whole value that a given part stands for, as an expression. */
  const completion = (type: WireType, given: string): string => {
    if (type.kind === 'nullable') {
      const whole = completion(type.of, given)
      return whole === given ? given : `${given} === null ? null : ${whole}`
    }
    if (type.kind === 'struct') return `complete${indexOf(type)}(${given})`
    if (type.kind !== 'array' || type.element.kind !== 'struct') return given
    return `${given}.map(complete${indexOf(type.element)})`
  }

  const root = indexOf(body)
  return new Function(["'use strict'", ...functions, `return complete${root}`].join('\n'))() as (
    part: object,
  ) => unknown
}

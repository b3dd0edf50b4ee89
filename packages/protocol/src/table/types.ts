/**
 * The types of Kafka's protocol, as values that a table is made of. The TypeScript type of a decoded value hangs on each as
 * a phantom, so that a table gives its message's type by inference.
 */
import type { UnknownTaggedField } from '../bytes/byte-reader.ts'
import { parseVersions, type VersionRange } from './version-range.ts'

declare const valueType: unique symbol

/** A wire type whose decoded values are of type `T`. */
interface Phantom<T> {
  /** Never there at run time. */
  readonly [valueType]?: T
}

export type PrimitiveKind =
  | 'bool'
  | 'int8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'exactInt64'
  | 'float64'
  | 'uuid'
  | 'string'
  | 'bytes'
  | 'records'

export interface PrimitiveType<T = unknown> extends Phantom<T> {
  readonly kind: PrimitiveKind
}

export interface ArrayType<T = unknown> extends Phantom<T> {
  readonly kind: 'array'
  readonly element: PrimitiveType | StructType
}

export interface StructType<F extends Fields = Fields> extends Phantom<StructValue<F>> {
  readonly kind: 'struct'
  /** Kafka's name of the structure: `FetchPartition`. */
  readonly name: string
  /** In wire order. */
  readonly fields: F
}

export interface NullableType<T = unknown> extends Phantom<T> {
  readonly kind: 'nullable'
  readonly of: PrimitiveType | ArrayType | StructType
  /** Versions at which null is allowed. */
  readonly versions: VersionRange
}

export type WireType = PrimitiveType | ArrayType | StructType | NullableType

/** What values of a wire type are: `ValueOf<typeof int32>` is number. */
export type ValueOf<T> = T extends StructType<infer F> ? StructValue<F> : T extends Phantom<infer V> ? V : never

/** A field of a message or structure; made by `f`. */
export interface Field<T extends WireType = WireType> {
  readonly type: T
  /** Versions that have the field. */
  readonly versions: VersionRange
  readonly doc: string
  /** Value at versions without the field. Undefined: what the type starts from (0, '', [], false, the zero UUID). */
  readonly default: unknown
  /** Tag number, for versions in `taggedVersions`. */
  readonly tag: number | undefined
  readonly taggedVersions: VersionRange
  /** A value that differs from the default is dropped, not refused, when a version lacks the field. */
  readonly ignorable: boolean
  /** Kafka indexes the enclosing array by this field; for us it documents that the value is unique there. */
  readonly mapKey: boolean
  readonly entityType: EntityType | undefined
  /** Written classically even at flexible versions (only the client id of the request header). */
  readonly neverFlexible: boolean
}

export type EntityType = 'brokerId' | 'groupId' | 'producerId' | 'topicName' | 'transactionalId'

export type Fields = { readonly [name: string]: Field }

/** A structure decoded, or to be encoded: every field present. */
export type StructValue<F extends Fields> = { -readonly [K in keyof F]: ValueOf<F[K]['type']> } & TaggedFieldsHolder

/** Tagged fields that the tables do not know; absent unless there are some. They are written back in place. */
export interface TaggedFieldsHolder {
  unknownTaggedFields?: UnknownTaggedField[]
}

function primitive<T>(kind: PrimitiveKind): PrimitiveType<T> {
  return { kind }
}

export const bool = primitive<boolean>('bool')
export const int8 = primitive<number>('int8')
export const int16 = primitive<number>('int16')
export const uint16 = primitive<number>('uint16')
export const int32 = primitive<number>('int32')
export const uint32 = primitive<number>('uint32')
/** Quantities, offsets, timestamps: a number; beyond ±(2^53 - 1) it is ±Infinity, which stands for Long.MAX and Long.MIN. */
export const int64 = primitive<number>('int64')
/** Identities and hashes: every bit counts. */
export const exactInt64 = primitive<bigint>('exactInt64')
export const float64 = primitive<number>('float64')
/** Kafka's 22 characters of base64url. */
export const uuid = primitive<string>('uuid')
export const string = primitive<string>('string')
/** A view of the decoded array, which it pins. */
export const bytes = primitive<Uint8Array>('bytes')
/** Record batches: a view when decoded; passed through as a chunk of its own when encoded. */
export const records = primitive<Uint8Array>('records')

export function array<T extends PrimitiveType | StructType>(element: T): ArrayType<ValueOf<T>[]> {
  return { kind: 'array', element }
}

/** Null is allowed at these versions; without them, wherever the field exists. */
export function nullable<T extends PrimitiveType | ArrayType | StructType>(
  type: T,
  versions = '0+',
): NullableType<ValueOf<T> | null> {
  return { kind: 'nullable', of: type, versions: parseVersions(versions) }
}

/** A structure inside a message, under Kafka's name. */
export function struct<F extends Fields>(name: string, fields: F): StructType<F> {
  return { kind: 'struct', name, fields }
}

export interface FieldOptions<V> {
  /** Value at versions without the field, and what `createMessage` fills in. */
  default?: V
  /** Makes it a tagged field at `taggedVersions`, by default wherever the field exists. */
  tag?: number
  taggedVersions?: string
  ignorable?: boolean
  mapKey?: boolean
  entityType?: EntityType
  flexibleVersions?: 'none'
}

/** A field: its type, the versions that have it, what it means. */
export function f<T extends WireType>(type: T, versions: string, options?: FieldOptions<ValueOf<T>>): Field<T>
export function f<T extends WireType>(
  type: T,
  versions: string,
  doc: string,
  options?: FieldOptions<ValueOf<T>>,
): Field<T>
export function f<T extends WireType>(
  type: T,
  versions: string,
  docOrOptions: string | FieldOptions<ValueOf<T>> = '',
  optionsAfterDoc: FieldOptions<ValueOf<T>> = {},
): Field<T> {
  const doc = typeof docOrOptions === 'string' ? docOrOptions : ''
  const options = typeof docOrOptions === 'string' ? optionsAfterDoc : docOrOptions
  return {
    type,
    versions: parseVersions(versions),
    doc,
    default: options.default,
    tag: options.tag,
    taggedVersions: parseVersions(options.tag === undefined ? 'none' : (options.taggedVersions ?? versions)),
    ignorable: options.ignorable ?? false,
    mapKey: options.mapKey ?? false,
    entityType: options.entityType,
    neverFlexible: options.flexibleVersions === 'none',
  }
}

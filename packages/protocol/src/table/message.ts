import type { Codec } from '../codec/codec.ts'
import type { Fields, StructType, StructValue } from './types.ts'
import { parseVersions, type VersionRange } from './version-range.ts'

/** Where Kafka uses a message. */
export type MessageType =
  | 'request'
  | 'response'
  | 'header'
  /** A record of `__cluster_metadata` or `__remote_log_metadata`. */
  | 'metadata'
  /** Key and value of a record of an internal topic. */
  | 'coordinator-key'
  | 'coordinator-value'
  /** Anything else: control records, consumer protocol, files. */
  | 'data'

export type ListenerType = 'broker' | 'controller'

/** What a table is written as; see `message`. */
export interface MessageDefinition<F extends Fields> {
  name: string
  type: MessageType
  /** API key of a request or response; record type of a metadata or coordinator record. */
  apiKey?: number
  /** Listeners that serve a request. */
  listeners?: readonly ListenerType[]
  validVersions: string
  flexibleVersions: string
  /** The newest version is served only with `unstable.api.versions.enable`. */
  latestVersionUnstable?: boolean
  fields: F
}

/** One definition for a message: type, codecs, printable form and documentation derive from it. */
export interface MessageTable<F extends Fields = Fields> {
  readonly name: string
  readonly type: MessageType
  readonly apiKey: number | undefined
  readonly listeners: readonly ListenerType[]
  readonly validVersions: VersionRange
  /** Versions with compact lengths and tagged fields. */
  readonly flexibleVersions: VersionRange
  readonly latestVersionUnstable: boolean
  /** The message as a structure; its fields are in wire order. */
  readonly body: StructType<F>
  /** What follows from the table alone, made on first use. */
  readonly memo: MessageMemo
}

/** What a table remembers. */
export interface MessageMemo {
  /** By version. */
  readonly codecs: Codec[]
  /** Fills in what a part of a message leaves out. */
  complete: ((part: object) => unknown) | undefined
}

/** The type of a message's values: `interface FetchRequest extends MessageOf<typeof fetchRequest> {}`. */
export type MessageOf<T extends MessageTable> = T extends MessageTable<infer F> ? StructValue<F> : never

/** The type of a structure's values. */
export type StructOf<T extends StructType> = T extends StructType<infer F> ? StructValue<F> : never

/** Defines a message. The table is pure data: nothing is compiled before the first use of a version. */
export function message<F extends Fields>(definition: MessageDefinition<F>): MessageTable<F> {
  return {
    name: definition.name,
    type: definition.type,
    apiKey: definition.apiKey,
    listeners: definition.listeners ?? [],
    validVersions: parseVersions(definition.validVersions),
    flexibleVersions: parseVersions(definition.flexibleVersions),
    latestVersionUnstable: definition.latestVersionUnstable ?? false,
    body: { kind: 'struct', name: definition.name, fields: definition.fields },
    memo: { codecs: [], complete: undefined },
  }
}

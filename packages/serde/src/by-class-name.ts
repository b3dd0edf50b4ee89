import { bytesSerde, voidSerde } from './bytes.ts'
import { booleanSerde, doubleSerde, floatSerde, integerSerde, longSerde, shortSerde } from './numbers.ts'
import type { Deserializer, Serializer, SyncSerde } from './serde.ts'
import { stringSerde, uuidSerde } from './text.ts'

const kafkaPackage = 'org.apache.kafka.common.serialization.'

/** Kafka's names, less `Serializer` or `Deserializer`. */
const serdes = {
  Boolean: booleanSerde,
  ByteArray: bytesSerde,
  ByteBuffer: bytesSerde,
  Bytes: bytesSerde,
  Double: doubleSerde,
  Float: floatSerde,
  Integer: integerSerde,
  Long: longSerde,
  Short: shortSerde,
  String: stringSerde,
  UUID: uuidSerde,
  Void: voidSerde,
} as const satisfies Readonly<Record<string, SyncSerde<unknown, never>>>

type Serdes = typeof serdes

/** The kind in the name of a class: `Long` of `...LongDeserializer`; `never` for a class that is not Kafka's. */
type KindOf<Name extends string, Role extends string> = Name extends `${typeof kafkaPackage}${infer Kind}${Role}`
  ? Kind & keyof Serdes
  : Name extends `${infer Kind}${Role}`
    ? Kind & keyof Serdes
    : never

/** What the deserializer of a class gives, where its name is known to the compiler. */
export type ReadByClass<Name extends string> =
  Serdes[KindOf<Name, 'Deserializer'>] extends Deserializer<infer Value> ? Value : unknown

/** What the serializer of a class takes, where its name is known to the compiler. */
export type WrittenByClass<Name extends string> =
  Serdes[KindOf<Name, 'Serializer'>] extends Serializer<infer Value> ? Value : unknown

/**
 * The serde that stands for a class of Kafka's, as `key.serializer`, `value.deserializer` and command lines name them:
 * `org.apache.kafka.common.serialization.LongDeserializer`, or `LongDeserializer` alone. Undefined for any other class.
 */
export function serdeByClassName(className: string): SyncSerde<unknown, never> | undefined {
  const name = className.startsWith(kafkaPackage) ? className.slice(kafkaPackage.length) : className
  const kind = /^(\w+?)(?:Serializer|Deserializer)$/.exec(name)?.[1]
  return kind !== undefined && isKnown(kind) ? serdes[kind] : undefined
}

function isKnown(kind: string): kind is keyof Serdes {
  return Object.hasOwn(serdes, kind)
}

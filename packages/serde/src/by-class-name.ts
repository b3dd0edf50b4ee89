import { bytesSerde, voidSerde } from './bytes.ts'
import { booleanSerde, doubleSerde, floatSerde, integerSerde, longSerde, shortSerde } from './numbers.ts'
import type { SyncSerde } from './serde.ts'
import { stringSerde, uuidSerde } from './text.ts'

const kafkaPackage = 'org.apache.kafka.common.serialization.'

/** Kafka's names, less `Serializer` or `Deserializer`. */
const serdes: Readonly<Record<string, SyncSerde<unknown, never>>> = {
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
}

/**
 * The serde that stands for a class of Kafka's, as `key.serializer`, `value.deserializer` and command lines name them:
 * `org.apache.kafka.common.serialization.LongDeserializer`, or `LongDeserializer` alone. Undefined for any other class.
 */
export function serdeByClassName(className: string): SyncSerde<unknown, never> | undefined {
  const name = className.startsWith(kafkaPackage) ? className.slice(kafkaPackage.length) : className
  const kind = /^(\w+?)(?:Serializer|Deserializer)$/.exec(name)?.[1]
  return kind !== undefined && Object.hasOwn(serdes, kind) ? serdes[kind] : undefined
}

export { type ReadByClass, serdeByClassName, type WrittenByClass } from './by-class-name.ts'
export { bytesSerde, voidSerde } from './bytes.ts'
export { DeserializationError, SerializationError } from './errors.ts'
export { listSerde } from './list.ts'
export {
  booleanSerde,
  doubleSerde,
  type FixedSizeSerde,
  floatSerde,
  integerSerde,
  longSerde,
  shortSerde,
} from './numbers.ts'
export {
  type Decoded,
  type Deserializer,
  decodePayload,
  encodePayload,
  type Serde,
  type SerdeContext,
  type SerdeHeader,
  type Serializer,
  type SyncSerde,
} from './serde.ts'
export { jsonSerde, strictStringSerde, stringSerde, uuidSerde } from './text.ts'

import type { SyncSerde } from './serde.ts'

/** ByteArraySerializer, BytesSerializer and ByteBufferSerializer in one: the bytes as they are. What is read is a view of what was fetched. */
export const bytesSerde: SyncSerde<Uint8Array> = {
  serialize: value => value,
  deserialize: bytes => bytes,
}

/** VoidSerializer: for keys or values that are always null, which never reach it. Anything else is an error. */
export const voidSerde: SyncSerde<never> = {
  serialize() {
    throw new TypeError('nothing but null is expected')
  },
  deserialize() {
    throw new TypeError('nothing but null is expected')
  },
}

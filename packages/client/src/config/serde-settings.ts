import { ConfigError, type ConfigRows } from '@dorsale/base'
import {
  bytesSerde,
  type Deserializer,
  type ReadByClass,
  type Serializer,
  serdeByClassName,
  type WrittenByClass,
} from '@dorsale/serde'
import type { SettingValue } from './settings.ts'

/** What `key.deserializer` and `value.deserializer` may be: an object, or the name of one of Kafka's classes. Undefined: bytes as they are. */
export type DeserializerSetting = Deserializer<unknown> | string | undefined

/** What `key.serializer` and `value.serializer` may be. Undefined: bytes, or text that is sent as UTF-8. */
export type SerializerSetting = Serializer<never> | string | undefined

/** What a deserializer gives; `unknown` for a class whose name the compiler does not know. */
export type ReadBy<Setting extends DeserializerSetting> = Setting extends undefined
  ? Uint8Array
  : Setting extends Deserializer<infer Value>
    ? Value
    : Setting extends string
      ? ReadByClass<Setting>
      : never

/** What a serializer takes; `unknown` for a class whose name the compiler does not know. */
export type WrittenBy<Setting extends SerializerSetting> = Setting extends undefined
  ? Uint8Array | string
  : Setting extends Serializer<infer Value>
    ? Value
    : Setting extends string
      ? WrittenByClass<Setting>
      : never

/** The keys of settings that may be objects. */
export type SerdeKey = `${'key' | 'value'}.${'serializer' | 'deserializer'}`

const bytesDoc = 'one of `@dorsale/serde`, one of your own, or a class of Kafka by its name. Default: bytes as they are'

function serdeRow(doc: string, byDefault: 'ByteArraySerializer' | 'ByteArrayDeserializer', test: string) {
  return {
    type: 'class',
    default: `org.apache.kafka.common.serialization.${byDefault}`,
    importance: 'high',
    doc,
    effect: { honoured: test },
    check: {
      range: '',
      problem: (key: string, value: string) =>
        serdeByClassName(value) === undefined
          ? `Invalid value ${value} for configuration ${key}: only Kafka's own classes have names here, such as ${byDefault}; give an object instead`
          : undefined,
    },
  } as const
}

const deserializerTest = 'packages/client/src/consumer/deserialization.test.ts'

export const deserializerRows = {
  'key.deserializer': serdeRow(`Makes keys of bytes: ${bytesDoc}.`, 'ByteArrayDeserializer', deserializerTest),
  'value.deserializer': serdeRow(`Makes values of bytes: ${bytesDoc}.`, 'ByteArrayDeserializer', deserializerTest),
} as const satisfies ConfigRows

const serializerTest = 'packages/client/src/producer/serialization.test.ts'

export const serializerRows = {
  'key.serializer': serdeRow(
    `Makes bytes of keys: ${bytesDoc}, and text in UTF-8.`,
    'ByteArraySerializer',
    serializerTest,
  ),
  'value.serializer': serdeRow(
    `Makes bytes of values: ${bytesDoc}, and text in UTF-8.`,
    'ByteArraySerializer',
    serializerTest,
  ),
} as const satisfies ConfigRows

/** The settings that are text, and what makes keys and values; undefined: they are bytes. */
export interface TakenSerdes<Role> {
  readonly texts: Readonly<Record<string, SettingValue | undefined>>
  readonly key: Role | undefined
  readonly value: Role | undefined
}

type Mixed = Readonly<Record<string, unknown>>

export function takeDeserializers(settings: Mixed): TakenSerdes<Deserializer<unknown>> {
  return takeSerdes(settings, 'deserializer', 'deserialize')
}

export function takeSerializers(settings: Mixed): TakenSerdes<Serializer<unknown>> {
  return takeSerdes(settings, 'serializer', 'serialize')
}

/** Throws a `ConfigError` for an object that does not do what its key asks of it. */
function takeSerdes<Role>(settings: Mixed, role: 'serializer' | 'deserializer', method: string): TakenSerdes<Role> {
  const texts = { ...settings } as Record<string, SettingValue | undefined>
  const take = (part: 'key' | 'value'): Role | undefined => {
    const key = `${part}.${role}`
    const setting = settings[key]
    if (setting === undefined || setting === null) return undefined
    if (typeof setting === 'string') {
      const serde = serdeByClassName(setting.trim())
      return serde === bytesSerde ? undefined : (serde as Role | undefined)
    }
    delete texts[key]
    if (typeof (setting as Mixed)?.[method] === 'function')
      return setting === bytesSerde ? undefined : (setting as Role)
    const message = `${key} is neither the name of a class nor an object with a method ${method}`
    throw new ConfigError([{ key, message }])
  }
  return { key: take('key'), value: take('value'), texts }
}

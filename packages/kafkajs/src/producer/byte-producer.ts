import type { Payload } from '@dorsale/client'
import type { KafkaProducer } from '@dorsale/client/parts'

/** The client's producer, as the door uses it: it takes bytes, and text that is sent as UTF-8. */
export type ByteProducer = KafkaProducer<Payload, Payload>

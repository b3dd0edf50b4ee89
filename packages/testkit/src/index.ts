export { MockConsumer, type MockConsumerOptions, type MockRecord } from './mock/mock-consumer.ts'
export { type GroupOffsets, MockProducer, type MockProducerOptions, type ProducerCall } from './mock/mock-producer.ts'
export {
  type MockAcknowledgement,
  MockShareConsumer,
  type MockShareConsumerOptions,
} from './mock/mock-share-consumer.ts'
export type { ReceivedRecord } from './received-record.ts'
export {
  type RecordsOptions,
  startTestBroker,
  type TestBroker,
  type TestBrokerOptions,
  type TestRecord,
} from './test-broker.ts'

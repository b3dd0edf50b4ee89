export type { ReceivedRecord } from './received-record.ts'
export {
  type RecordsOptions,
  startTestBroker,
  type TestBroker,
  type TestBrokerOptions,
  type TestRecord,
} from './test-broker.ts'

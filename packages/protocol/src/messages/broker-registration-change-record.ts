import { array, f, int8, int32, int64, type MessageOf, message, nullable, uuid } from '../table/index.ts'

/** BrokerRegistrationChangeRecord. */
export const brokerRegistrationChangeRecord = message({
  name: 'BrokerRegistrationChangeRecord',
  type: 'metadata',
  apiKey: 17,
  validVersions: '0-3',
  flexibleVersions: '0+',
  fields: {
    brokerId: f(int32, '0+', { entityType: 'brokerId' }),
    brokerEpoch: f(int64, '0+'),
    fenced: f(int8, '0+', { tag: 0 }),
    inControlledShutdown: f(int8, '1+', { tag: 1 }),
    logDirs: f(array(uuid), '2+', { tag: 2 }),
    cordonedLogDirs: f(nullable(array(uuid)), '3+', { default: null, tag: 3 }),
  },
})

export interface BrokerRegistrationChangeRecord extends MessageOf<typeof brokerRegistrationChangeRecord> {}

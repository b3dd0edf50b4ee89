import { array, f, int8, int32, int64, type MessageOf, message, nullable, uuid } from '../table/index.ts'

/** Changes of a registered broker: fencing, stopping, directories. */
export const brokerRegistrationChangeRecord = message({
  name: 'BrokerRegistrationChangeRecord',
  type: 'metadata',
  apiKey: 17,
  validVersions: '0-3',
  flexibleVersions: '0+',
  fields: {
    brokerId: f(int32, '0+', 'Node id of the broker.', { entityType: 'brokerId' }),
    brokerEpoch: f(int64, '0+', 'Epoch of the registration of the broker, -1 when unknown.'),
    fenced: f(int8, '0+', 'Fencing: 1 fences, -1 unfences, 0 leaves as it is.', { tag: 0 }),
    inControlledShutdown: f(int8, '1+', '1 once the broker has asked to stop, 0 leaves as it is.', { tag: 1 }),
    logDirs: f(array(uuid), '2+', 'Directories of the logs.', { tag: 2 }),
    cordonedLogDirs: f(nullable(array(uuid)), '3+', 'Ids of directories that take no new replicas.', {
      default: null,
      tag: 3,
    }),
  },
})

export interface BrokerRegistrationChangeRecord extends MessageOf<typeof brokerRegistrationChangeRecord> {}

import { f, int32, int64, type MessageOf, message } from '../table/index.ts'

/** Unfences a broker; BrokerRegistrationChangeRecord has taken its place. */
export const unfenceBrokerRecord = message({
  name: 'UnfenceBrokerRecord',
  type: 'metadata',
  apiKey: 8,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    id: f(int32, '0+', { entityType: 'brokerId' }),
    epoch: f(int64, '0+'),
  },
})

export interface UnfenceBrokerRecord extends MessageOf<typeof unfenceBrokerRecord> {}

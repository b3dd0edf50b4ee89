import { f, int32, int64, type MessageOf, message } from '../table/index.ts'

/** Fences a broker; BrokerRegistrationChangeRecord has taken its place. */
export const fenceBrokerRecord = message({
  name: 'FenceBrokerRecord',
  type: 'metadata',
  apiKey: 7,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    id: f(int32, '0+', { entityType: 'brokerId' }),
    epoch: f(int64, '0+'),
  },
})

export interface FenceBrokerRecord extends MessageOf<typeof fenceBrokerRecord> {}

import { f, int16, type MessageOf, message, string } from '../table/index.ts'

/** FeatureLevelRecord. */
export const featureLevelRecord = message({
  name: 'FeatureLevelRecord',
  type: 'metadata',
  apiKey: 12,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    name: f(string, '0+'),
    featureLevel: f(int16, '0+'),
  },
})

export interface FeatureLevelRecord extends MessageOf<typeof featureLevelRecord> {}

import { f, int16, type MessageOf, message, string } from '../table/index.ts'

/** Sets the finalized level of a feature; 0 removes it. */
export const featureLevelRecord = message({
  name: 'FeatureLevelRecord',
  type: 'metadata',
  apiKey: 12,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    name: f(string, '0+'),
    featureLevel: f(int16, '0+', 'Level of the feature; 0 removes it.'),
  },
})

export interface FeatureLevelRecord extends MessageOf<typeof featureLevelRecord> {}

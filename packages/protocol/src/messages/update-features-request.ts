import {
  array,
  bool,
  f,
  int8,
  int16,
  int32,
  type MessageOf,
  message,
  type StructOf,
  string,
  struct,
} from '../table/index.ts'

const featureUpdateKey = struct('FeatureUpdateKey', {
  feature: f(string, '0+', { mapKey: true }),
  maxVersionLevel: f(int16, '0+', 'Newest finalized level.'),
  allowDowngrade: f(bool, '0'),
  upgradeType: f(int8, '1+', '1 upgrade, 2 safe downgrade, 3 unsafe downgrade.', { default: 1 }),
})

/** Changes finalized feature levels. */
export const updateFeaturesRequest = message({
  name: 'UpdateFeaturesRequest',
  type: 'request',
  apiKey: 57,
  listeners: ['broker', 'controller'],
  validVersions: '0-2',
  flexibleVersions: '0+',
  fields: {
    timeoutMs: f(int32, '0+', 'Milliseconds the broker may take.', { default: 60000 }),
    featureUpdates: f(array(featureUpdateKey), '0+'),
    validateOnly: f(bool, '1+', 'Check the request and change nothing.'),
  },
})

export interface UpdateFeaturesRequest extends MessageOf<typeof updateFeaturesRequest> {}

export interface UpdateFeaturesRequestFeatureUpdateKey extends StructOf<typeof featureUpdateKey> {}

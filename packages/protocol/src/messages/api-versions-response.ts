import {
  array,
  bool,
  f,
  int16,
  int32,
  int64,
  type MessageOf,
  message,
  type StructOf,
  string,
  struct,
} from '../table/index.ts'

const apiVersion = struct('ApiVersion', {
  apiKey: f(int16, '0+', { mapKey: true }),
  minVersion: f(int16, '0+'),
  maxVersion: f(int16, '0+'),
})

const supportedFeatureKey = struct('SupportedFeatureKey', {
  name: f(string, '3+', { mapKey: true }),
  minVersion: f(int16, '3+'),
  maxVersion: f(int16, '3+'),
})

const finalizedFeatureKey = struct('FinalizedFeatureKey', {
  name: f(string, '3+', { mapKey: true }),
  maxVersionLevel: f(int16, '3+'),
  minVersionLevel: f(int16, '3+'),
})

/** ApiVersionsResponse. */
export const apiVersionsResponse = message({
  name: 'ApiVersionsResponse',
  type: 'response',
  apiKey: 18,
  validVersions: '0-5',
  flexibleVersions: '3+',
  fields: {
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    apiKeys: f(array(apiVersion), '0+'),
    throttleTimeMs: f(int32, '1+', { ignorable: true }),
    supportedFeatures: f(array(supportedFeatureKey), '3+', { tag: 0, ignorable: true }),
    finalizedFeaturesEpoch: f(int64, '3+', { default: -1, tag: 1, ignorable: true }),
    finalizedFeatures: f(array(finalizedFeatureKey), '3+', { tag: 2, ignorable: true }),
    zkMigrationReady: f(bool, '3+', { tag: 3, ignorable: true }),
  },
})

export interface ApiVersionsResponse extends MessageOf<typeof apiVersionsResponse> {}

export interface ApiVersionsResponseVersion extends StructOf<typeof apiVersion> {}

export interface ApiVersionsResponseSupportedFeatureKey extends StructOf<typeof supportedFeatureKey> {}

export interface ApiVersionsResponseFinalizedFeatureKey extends StructOf<typeof finalizedFeatureKey> {}

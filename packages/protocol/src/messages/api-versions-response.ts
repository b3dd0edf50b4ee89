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
  apiKey: f(int16, '0+', 'Key of the API.', { mapKey: true }),
  minVersion: f(int16, '0+', 'Oldest version, included.'),
  maxVersion: f(int16, '0+', 'Newest version, included.'),
})

const supportedFeatureKey = struct('SupportedFeatureKey', {
  name: f(string, '3+', { mapKey: true }),
  minVersion: f(int16, '3+', 'Oldest version, included.'),
  maxVersion: f(int16, '3+', 'Newest version, included.'),
})

const finalizedFeatureKey = struct('FinalizedFeatureKey', {
  name: f(string, '3+', { mapKey: true }),
  maxVersionLevel: f(int16, '3+', 'Newest finalized level.'),
  minVersionLevel: f(int16, '3+', 'Oldest finalized level.'),
})

/**
 * Answers ApiVersionsRequest, always behind a response header of version 0. v3 adds features; v4 may show a feature
 * whose oldest level is 0.
 */
export const apiVersionsResponse = message({
  name: 'ApiVersionsResponse',
  type: 'response',
  apiKey: 18,
  validVersions: '0-5',
  flexibleVersions: '3+',
  fields: {
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    apiKeys: f(array(apiVersion), '0+', 'APIs that the broker serves.'),
    throttleTimeMs: f(int32, '1+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.', {
      ignorable: true,
    }),
    supportedFeatures: f(array(supportedFeatureKey), '3+', 'Feature levels that the broker could serve.', {
      tag: 0,
      ignorable: true,
    }),
    finalizedFeaturesEpoch: f(int64, '3+', 'Offset in the metadata log of the finalized features, -1 when unknown.', {
      default: -1,
      tag: 1,
      ignorable: true,
    }),
    finalizedFeatures: f(array(finalizedFeatureKey), '3+', 'Feature levels that the cluster has settled on.', {
      tag: 2,
      ignorable: true,
    }),
    zkMigrationReady: f(bool, '3+', 'A leftover of the migration from ZooKeeper.', { tag: 3, ignorable: true }),
  },
})

export interface ApiVersionsResponse extends MessageOf<typeof apiVersionsResponse> {}

export interface ApiVersionsResponseVersion extends StructOf<typeof apiVersion> {}

export interface ApiVersionsResponseSupportedFeatureKey extends StructOf<typeof supportedFeatureKey> {}

export interface ApiVersionsResponseFinalizedFeatureKey extends StructOf<typeof finalizedFeatureKey> {}

import {
  array,
  f,
  int16,
  int32,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
} from '../table/index.ts'

const updatableFeatureResult = struct('UpdatableFeatureResult', {
  feature: f(string, '0+', { mapKey: true }),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '0+'),
})

/** UpdateFeaturesResponse. */
export const updateFeaturesResponse = message({
  name: 'UpdateFeaturesResponse',
  type: 'response',
  apiKey: 57,
  validVersions: '0-2',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    errorMessage: f(nullable(string), '0+'),
    results: f(array(updatableFeatureResult), '0-1', { ignorable: true }),
  },
})

export interface UpdateFeaturesResponse extends MessageOf<typeof updateFeaturesResponse> {}

export interface UpdateFeaturesResponseUpdatableFeatureResult extends StructOf<typeof updatableFeatureResult> {}

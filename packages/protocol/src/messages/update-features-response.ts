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
  errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.'),
})

/** Answers UpdateFeaturesRequest. */
export const updateFeaturesResponse = message({
  name: 'UpdateFeaturesResponse',
  type: 'response',
  apiKey: 57,
  validVersions: '0-2',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.'),
    results: f(array(updatableFeatureResult), '0-1', 'One result for each thing asked for.', { ignorable: true }),
  },
})

export interface UpdateFeaturesResponse extends MessageOf<typeof updateFeaturesResponse> {}

export interface UpdateFeaturesResponseUpdatableFeatureResult extends StructOf<typeof updatableFeatureResult> {}

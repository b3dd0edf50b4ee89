import { f, int16, int32, type MessageOf, message, nullable, string } from '../table/index.ts'

/** StreamsGroupTopologyDescriptionUpdateResponse. */
export const streamsGroupTopologyDescriptionUpdateResponse = message({
  name: 'StreamsGroupTopologyDescriptionUpdateResponse',
  type: 'response',
  apiKey: 93,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    errorMessage: f(nullable(string), '0+', { default: null }),
  },
})

export interface StreamsGroupTopologyDescriptionUpdateResponse
  extends MessageOf<typeof streamsGroupTopologyDescriptionUpdateResponse> {}

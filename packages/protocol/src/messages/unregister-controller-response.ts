import { f, int16, int32, type MessageOf, message, nullable, string } from '../table/index.ts'

/** UnregisterControllerResponse. */
export const unregisterControllerResponse = message({
  name: 'UnregisterControllerResponse',
  type: 'response',
  apiKey: 94,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    errorMessage: f(nullable(string), '0+'),
  },
})

export interface UnregisterControllerResponse extends MessageOf<typeof unregisterControllerResponse> {}

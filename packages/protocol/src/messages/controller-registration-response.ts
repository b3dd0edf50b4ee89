import { f, int16, int32, type MessageOf, message, nullable, string } from '../table/index.ts'

/** ControllerRegistrationResponse. */
export const controllerRegistrationResponse = message({
  name: 'ControllerRegistrationResponse',
  type: 'response',
  apiKey: 70,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    errorMessage: f(nullable(string), '0+'),
  },
})

export interface ControllerRegistrationResponse extends MessageOf<typeof controllerRegistrationResponse> {}

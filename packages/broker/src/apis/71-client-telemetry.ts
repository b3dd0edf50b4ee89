/**
 * GetTelemetrySubscriptions, key 71, and PushTelemetry, key 72, both version 0: the metrics that clients push (KIP-714).
 *
 * - Served only when the broker has a receiver for them, as in Kafka; else neither is advertised.
 * - A client that comes before its interval is over gets THROTTLING_QUOTA_EXCEEDED, but for its terminating push; one with an old subscription
 *   UNKNOWN_SUBSCRIPTION_ID, after which it may ask again at once.
 * - What is pushed is opened before the receiver sees it: what is damaged, and what yields more than `telemetry.max.bytes`, is INVALID_RECORD, as what the receiver refuses.
 */
import {
  createMessage,
  type GetTelemetrySubscriptionsRequest,
  type GetTelemetrySubscriptionsResponse,
  getTelemetrySubscriptionsResponse,
  type PushTelemetryRequest,
  type PushTelemetryResponse,
  pushTelemetryResponse,
} from '@dorsale/protocol'
import { type ApiHandler, defineApi } from '../api.ts'

const getTelemetrySubscriptionsApi = defineApi<GetTelemetrySubscriptionsRequest, GetTelemetrySubscriptionsResponse>({
  key: 71,
  handle: (core, request, call) => core.telemetry!.subscribe(request, call.clientId, call.connection),
  refuse: (_request, errorCode) => createMessage(getTelemetrySubscriptionsResponse, { errorCode }),
})

const pushTelemetryApi = defineApi<PushTelemetryRequest, PushTelemetryResponse>({
  key: 72,
  handle(core, request, call) {
    core.telemetry!.push(request, call.clientId, call.connection)
    return createMessage(pushTelemetryResponse)
  },
  refuse: (_request, errorCode) => createMessage(pushTelemetryResponse, { errorCode }),
})

export const telemetryApis: readonly ApiHandler[] = [getTelemetrySubscriptionsApi, pushTelemetryApi]

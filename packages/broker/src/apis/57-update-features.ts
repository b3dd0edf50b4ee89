/**
 * UpdateFeatures, key 57, versions 0 to 2: forwarded to the controller; all of a request or none. v0 says whether a downgrade is allowed, v1 of which type
 * and whether to check only; v2 answers no feature by name.
 */
import {
  createMessage,
  type UpdateFeaturesRequest,
  type UpdateFeaturesResponse,
  updateFeaturesResponse,
} from '@dorsale/protocol'
import { defineApi } from '../api.ts'

export const updateFeaturesApi = defineApi<UpdateFeaturesRequest, UpdateFeaturesResponse>({
  key: 57,

  handle(core, request, { apiVersion, rights }) {
    rights.require('ALTER', 'CLUSTER')
    const { kraftVersion } = core.quorum()
    return core.metadata.submit(controller => controller.updateFeatures(request, { apiVersion, kraftVersion }))
  },

  refuse: (_request, errorCode) => createMessage(updateFeaturesResponse, { errorCode, errorMessage: null }),
})

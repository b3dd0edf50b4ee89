import type { Call } from '../api.ts'
import type { BrokerCore } from '../core.ts'

/** Runs a change of topics under the sender's `controller_mutation_rate`, whose pause goes with the answer. */
export async function withMutationQuota<Response>(
  core: BrokerCore,
  call: Call<Response>,
  strictVersion: number,
  change: (charge: (partitionCount: number) => void) => Promise<Response>,
): Promise<Response> {
  const quota = core.quotas.mutations(call.client, { isStrict: call.apiVersion >= strictVersion })
  const response = await change(partitionCount => quota.charge(partitionCount))
  call.throttle(quota.pauseMs)
  return response
}

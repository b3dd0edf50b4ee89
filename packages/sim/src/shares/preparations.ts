import { sleep } from '@dorsale/base'
import {
  errorCodes,
  findCoordinatorRequest,
  findCoordinatorResponse,
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
} from '@dorsale/protocol'
import { Driver } from '../broker/driver.ts'
import type { Host } from '../world/process.ts'

const groupResource = 32
const setOperation = 0
const ofTransactions = 1

/** Gives a group settings of its own, however often it takes. */
export async function setGroupSettings(
  host: Host,
  groupId: string,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  while (!(await trySettings(host, groupId, settings))) await sleep(host.clock, 100)
}

/** Gives a group settings of its own; false when that was not acknowledged. */
export async function trySettings(
  host: Host,
  groupId: string,
  settings: Readonly<Record<string, string>>,
): Promise<boolean> {
  const configs = Object.entries(settings).map(([name, value]) => ({ name, configOperation: setOperation, value }))
  const request = { resources: [{ resourceType: groupResource, resourceName: groupId, configs }] }
  const driver = new Driver(host, 'admin')
  const response = await driver
    .call(incrementalAlterConfigsRequest, incrementalAlterConfigsResponse, request)
    .catch(() => undefined)
  driver.close()
  return response?.responses[0]?.errorCode === errorCodes.NONE
}

/** Has the topic of transactions made, which is there once somebody has asked for a coordinator. */
export async function makeTransactionsTopic(host: Host, transactionalId: string): Promise<void> {
  for (;;) {
    const driver = new Driver(host, 'admin')
    const request = { keyType: ofTransactions, coordinatorKeys: [transactionalId] }
    const response = await driver
      .call(findCoordinatorRequest, findCoordinatorResponse, request, { version: 4 })
      .catch(() => undefined)
    driver.close()
    if (response?.coordinators[0]?.errorCode === errorCodes.NONE) return
    await sleep(host.clock, 100)
  }
}

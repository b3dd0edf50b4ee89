/**
 * ShareFetch, key 78, versions 1 to 2: acquires records for a member of a share group, and says what became of earlier ones (KIP-932).
 *
 * - Partitions are those of the member's share session (`share-sessions.ts`). Its first request may not say anything of records yet; its last reads nothing.
 * - What is acquired stays with the member for `acquisitionLockTimeoutMs`, until it says what became of it, or its session ends. Records are whole batches of the log; which of
 *   them are the member's is told by `acquiredRecords`.
 * - v2 adds the strict limit of records (KIP-1206) and the renewal of locks (KIP-1222); a request that renews reads nothing.
 * - The answer waits for `minBytes`, for at most `maxWaitMs`; and for what is said of earlier records to be written down.
 * - Over `consumer_byte_rate` the answer comes with the time to pause, and with the records: they are locked to the member, so Kafka, which keeps them back, only delays them.
 * - Not done: dead-letter topics (KIP-1191).
 */
import {
  createMessage,
  errorCodes,
  ProtocolError,
  type ShareFetchRequest,
  type ShareFetchResponse,
  type ShareFetchResponsePartitionData,
  shareFetchResponse,
} from '@dorsale/protocol'
import { type Call, defineApi, later } from '../api.ts'
import type { BrokerCore } from '../core.ts'
import {
  type AcknowledgementOutcome,
  acknowledgeAll,
  type PartitionAcknowledgement,
} from '../share/acknowledgements.ts'
import { OpenShareFetch, type ShareFetchOutcome } from '../share/open-share-fetch.ts'
import { groupTargets, newLeaders, shareMemberOf, shareTargets, topicReadCheck } from '../share/share-requests.ts'
import { type ShareFetchContext, type ShareTarget, shareSessionEpochs } from '../share/share-sessions.ts'

const renewVersion = 2
/** By Kafka's number of `share.acquire.mode`. */
const recordLimitMode = 1

export const shareFetchApi = defineApi<ShareFetchRequest, ShareFetchResponse>({
  key: 78,

  handle(core, request, call) {
    const member = shareMemberOf(core, call, request)
    const isRenewAck = call.apiVersion >= renewVersion && request.isRenewAck
    if (isRenewAck) checkRenewal(request)
    const acknowledgements = acknowledgementsOf(request)
    const { shareSessionEpoch: epoch, forgottenTopicsData } = request
    let context: ShareFetchContext
    try {
      context = core.shareGroups.sessions.begin({
        ...member,
        epoch,
        targets: shareTargets(request.topics, ({ partitionIndex }) => partitionIndex),
        forgotten: shareTargets(forgottenTopicsData, partition => partition),
        acknowledges: acknowledgements.length > 0,
        connection: call.connection,
      })
    } catch (error) {
      if (!(error instanceof ProtocolError) || error.errorCode !== errorCodes.SHARE_SESSION_LIMIT_REACHED) throw error
      refuseLater(core, request, call, error)
      return later
    }

    let outcomes: ShareFetchOutcome[] | undefined
    let acknowledged: AcknowledgementOutcome[] | undefined
    const answer = () => {
      if (outcomes === undefined || acknowledged === undefined) return
      const leases = outcomes.map(({ lease }) => lease)
      const bytes = outcomes.reduce((sum, { records }) => sum + records.length, 0)
      call.throttle(core.quotas.fetched(call.client, bytes))
      const response = context.isCurrent()
        ? responseOf(core, call, { groupId: member.groupId, outcomes, acknowledged, isFull: context.isFull })
        : createMessage(shareFetchResponse, { errorCode: errorCodes.INVALID_SHARE_SESSION_EPOCH })
      call.reply(response, () => {
        for (const lease of leases) lease?.giveBack()
      })
    }
    const checkRead = topicReadCheck(core, call)
    const rules = { supportsRenew: call.apiVersion >= renewVersion, isRenewAck, checkRead }
    acknowledgeAll(core, member, acknowledgements, rules, settled => {
      acknowledged = settled
      if (epoch === shareSessionEpochs.final) core.shareGroups.memberLeft(member.groupId, member.memberId)
      answer()
    })
    const fetch = new OpenShareFetch(
      core,
      {
        ...member,
        targets: isRenewAck ? [] : context.targets,
        checkRead,
        maxWaitMs: request.maxWaitMs,
        bytesMin: request.minBytes,
        bytesMax: Math.min(
          request.maxBytes,
          core.config.values['fetch.max.bytes'],
          core.quotas.fetchBytesMax(call.client),
        ),
        recordsMax: request.maxRecords,
        batchSize: request.batchSize,
        isRecordLimit: call.apiVersion >= renewVersion && request.shareAcquireMode === recordLimitMode,
      },
      step => call.attempt(step),
      read => {
        outcomes = read
        answer()
      },
    )
    call.onAbandoned(() => fetch.abandon())
    fetch.start()
    return later
  },

  refuse: (_request, errorCode) => createMessage(shareFetchResponse, { errorCode }),
})

/** A request that renews locks asks for nothing else. */
function checkRenewal({ maxBytes, minBytes, maxRecords, maxWaitMs }: ShareFetchRequest): void {
  if (maxBytes === 0 && minBytes === 0 && maxRecords === 0 && maxWaitMs === 0) return
  const text = 'a request that renews locks must ask for no bytes and no records, and not wait'
  throw new ProtocolError(errorCodes.INVALID_REQUEST, text)
}

/** What the request says of records: of all its partitions as soon as it says something of one. */
function acknowledgementsOf({ topics }: ShareFetchRequest): PartitionAcknowledgement[] {
  const all = topics.flatMap(({ topicId, partitions }) =>
    partitions.map(({ partitionIndex, acknowledgementBatches }) => ({
      target: { topicId, partition: partitionIndex },
      batches: acknowledgementBatches,
    })),
  )
  return all.some(({ batches }) => batches.length > 0) ? all : []
}

/** Clients ask again at once: who finds no place for its session is let wait, as a fetch without records would. */
function refuseLater(
  core: BrokerCore,
  request: ShareFetchRequest,
  call: Call<ShareFetchResponse>,
  error: ProtocolError,
): void {
  const parked = core.purgatory.park({
    watched: [],
    bytesWanted: 1,
    waitMs: request.maxWaitMs,
    complete: () =>
      call.reply(createMessage(shareFetchResponse, { errorCode: error.errorCode, errorMessage: error.message })),
  })
  call.onAbandoned(() => parked.cancel())
}

function responseOf(
  core: BrokerCore,
  call: Call<ShareFetchResponse>,
  {
    groupId,
    outcomes,
    acknowledged,
    isFull,
  }: {
    groupId: string
    outcomes: readonly ShareFetchOutcome[]
    acknowledged: readonly AcknowledgementOutcome[]
    isFull: boolean
  },
): ShareFetchResponse {
  const partitions: { target: ShareTarget; data: ShareFetchResponsePartitionData }[] = []
  const left = new Map(acknowledged.map(each => [keyOf(each.target), each]))
  for (const { target, error, records, acquired } of outcomes) {
    const said = left.get(keyOf(target))
    const isNews = isFull || error !== undefined || acquired.length > 0 || said !== undefined
    if (!isNews) continue
    left.delete(keyOf(target))
    partitions.push({
      target,
      data: {
        ...emptyPartition(target, said?.error),
        errorCode: error?.errorCode ?? errorCodes.NONE,
        errorMessage: error?.message ?? null,
        records,
        acquiredRecords: [...acquired],
      },
    })
  }
  for (const { target, error } of left.values()) partitions.push({ target, data: emptyPartition(target, error) })
  const nodeEndpoints = newLeaders(core, call.connection, partitions)
  return {
    throttleTimeMs: 0,
    errorCode: errorCodes.NONE,
    errorMessage: null,
    acquisitionLockTimeoutMs: core.shareGroups.settings.lockDurationMs(groupId),
    responses: groupTargets(partitions),
    nodeEndpoints,
  }
}

function emptyPartition(
  { partition }: ShareTarget,
  acknowledgeError: ProtocolError | undefined,
): ShareFetchResponsePartitionData {
  return {
    partitionIndex: partition,
    errorCode: errorCodes.NONE,
    errorMessage: null,
    acknowledgeErrorCode: acknowledgeError?.errorCode ?? errorCodes.NONE,
    acknowledgeErrorMessage: acknowledgeError?.message ?? null,
    currentLeader: { leaderId: 0, leaderEpoch: 0 },
    records: noRecords,
    acquiredRecords: [],
  }
}

const noRecords = new Uint8Array(0)

function keyOf({ topicId, partition }: ShareTarget): string {
  return `${topicId}:${partition}`
}

import type { TimerWheel } from '@dorsale/base'
import type { Replier, SharePartitionKey, ShareState, ShareStateWrite } from '@dorsale/coordinate'
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import type { ShareCoordinator } from '../coordinators/share-coordinator.ts'

/**
 * The state of share partitions as those that need it see it: the share coordinator, wherever it is and as soon as it serves. Its topic is made when there is none; while its log is being
 * read, or it has to be read again, the request is repeated for a while. All requests may be: each says what is, not what to add.
 */
export class ShareStatePersister {
  readonly #wheel: TimerWheel
  readonly #coordinator: ShareCoordinator
  readonly #createTopic: () => Promise<void>

  constructor(options: { wheel: TimerWheel; coordinator: ShareCoordinator; createTopic: () => Promise<void> }) {
    this.#wheel = options.wheel
    this.#coordinator = options.coordinator
    this.#createTopic = options.createTopic
  }

  initialize(
    key: SharePartitionKey,
    start: { readonly stateEpoch: number; readonly startOffset: number },
    replier: Replier<void>,
  ): void {
    this.#persist<void>(replier, attempt => this.#coordinator.initialize(key, start, attempt))
  }

  read(key: SharePartitionKey, leaderEpoch: number, replier: Replier<ShareState>): void {
    this.#persist<ShareState>(replier, attempt => this.#coordinator.read(key, leaderEpoch, attempt))
  }

  write(key: SharePartitionKey, write: ShareStateWrite, replier: Replier<void>): void {
    this.#persist<void>(replier, attempt => this.#coordinator.write(key, write, attempt))
  }

  readSummary(key: SharePartitionKey, replier: Replier<ShareState>): void {
    this.#persist<ShareState>(replier, attempt => this.#coordinator.readSummary(key, attempt))
  }

  delete(key: SharePartitionKey, replier: Replier<void>): void {
    this.#persist<void>(replier, attempt => this.#coordinator.delete(key, attempt))
  }

  #persist<Value>(replier: Replier<Value>, request: (attempt: Replier<Value>) => void): void {
    let waitMs = firstWaitMs
    let waitedMs = 0
    const attempt = () => request({ answer: value => replier.answer(value), fail })
    const fail = (error: ProtocolError) => {
      if (!isPassing(error) || waitedMs >= waitMsMax) {
        replier.fail(error)
        return
      }
      waitedMs += waitMs
      this.#wheel.set(waitMs, attempt)
      waitMs = Math.min(waitMs * 2, longestWaitMs)
    }
    if (this.#coordinator.isTopicThere) attempt()
    else {
      this.#createTopic().then(attempt, error => {
        replier.fail(new ProtocolError(errorCodes.COORDINATOR_NOT_AVAILABLE, undefined, { cause: error }))
      })
    }
  }
}

/** Whether the coordinator may serve soon. */
function isPassing({ errorCode }: ProtocolError): boolean {
  return (
    errorCode === errorCodes.COORDINATOR_LOAD_IN_PROGRESS ||
    errorCode === errorCodes.NOT_COORDINATOR ||
    errorCode === errorCodes.COORDINATOR_NOT_AVAILABLE
  )
}

const firstWaitMs = 20
const longestWaitMs = 500
const waitMsMax = 5000

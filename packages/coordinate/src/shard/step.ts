import type { ProtocolError } from '@dorsale/protocol'

/** Where an answer goes. One of the two is called, once. */
export interface Replier<Response> {
  answer(response: Response): void
  fail(error: ProtocolError): void
}

/** An answer that waits for the records of its step, and for all before them, to be committed. */
export interface PendingReply {
  send(): void
  fail(error: ProtocolError): void
}

/**
 * One request, or one timer, at work on a shard: it gathers the records that make it true and the answers that become true with them. Nothing of
 * it is done while the handler runs. The host then appends the records, replays them on the shard, and sends the answers when they are committed;
 * a step without records is answered when what it looked at is (D4).
 */
export class Step<Record> {
  /** Wall clock, in milliseconds. */
  readonly now: number
  readonly records: Record[] = []
  readonly replies: PendingReply[] = []
  /** Its records hold each for itself: what does not fit into one batch may be written as several. */
  isDivisible = false

  constructor(now: number) {
    this.now = now
  }

  append(record: Record): void {
    this.records.push(record)
  }

  answer<Response>(replier: Replier<Response>, response: Response): void {
    this.replies.push({ send: () => replier.answer(response), fail: error => replier.fail(error) })
  }

  /** An answer that is an error of the whole request. */
  refuse(replier: Replier<never>, error: ProtocolError): void {
    const fail = (reason: ProtocolError) => replier.fail(reason)
    this.replies.push({ send: () => fail(error), fail })
  }
}

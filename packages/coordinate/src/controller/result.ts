import type { MetadataRecord } from '@dorsale/protocol'

/**
 * The outcome of one request to the controller: the records that make it true, and the reply to send once they are committed.
 * No records: nothing changes, the reply may go at once.
 */
export interface ControllerResult<Reply> {
  readonly records: readonly MetadataRecord[]
  readonly reply: Reply
}

/** How the calls of the admin client reach their brokers. */
import { errorCodes, type MessageOf, type MessageTable, type PartialMessage } from '@dorsale/protocol'
import type { Connection } from '../connection.ts'
import { KafkaJSBrokerNotFound, KafkaJSConnectionError } from '../errors.ts'
import { protocolError } from '../failures.ts'

interface Call<Request extends MessageTable, Response extends MessageTable, Value> {
  readonly request: Request
  readonly response: Response
  readonly value: PartialMessage<Request> | ((version: number) => PartialMessage<Request>)
  readonly versionMax?: number
  /** Throws what the answer refuses. */
  read(answer: MessageOf<Response>): Value
  /** Errors that another try may do without, by kafkajs's names. Default: another broker is the controller. */
  readonly again?: readonly string[]
}

/**
 * Asks the controller, or whoever hands on what is the controller's. A lost connection is tried again, and so are errors that may pass; any other refusal is the answer.
 */
export function askController<Request extends MessageTable, Response extends MessageTable, Value>(
  connection: Connection,
  { request, response, value, versionMax, read, again = ['NOT_CONTROLLER'] }: Call<Request, Response, Value>,
): Promise<Value> {
  const ask = async () => {
    const cluster = await connection.open()
    const link = cluster.link(cluster.metadata.controllerId) ?? cluster.reachableLink()
    return read(await link.call(request, response, value, versionMax === undefined ? {} : { versionMax }))
  }
  return connection.retrying(ask, { bails: error => !mayPass(error, again) })
}

/** Asks one broker by its id. */
export async function askBroker<Request extends MessageTable, Response extends MessageTable>(
  connection: Connection,
  nodeId: number,
  request: Request,
  response: Response,
  value: PartialMessage<Request>,
): Promise<MessageOf<Response>> {
  const cluster = await connection.open()
  const link = cluster.link(nodeId)
  if (link === undefined) throw new KafkaJSBrokerNotFound(`Broker ${nodeId} not found in the cached metadata`)
  return link.call(request, response, value)
}

function mayPass(error: Error, again: readonly string[]): boolean {
  return error instanceof KafkaJSConnectionError || again.includes((error as { type?: string }).type ?? '')
}

/** Throws the error of a row, with the broker's own sentence. */
export function refuse({ errorCode, errorMessage }: { errorCode: number; errorMessage?: string | null }): void {
  if (errorCode !== errorCodes.NONE) throw protocolError(errorCode, errorMessage)
}

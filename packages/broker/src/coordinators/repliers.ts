import type { GroupClient, Replier } from '@dorsale/coordinate'
import type { Call } from '../api.ts'

/** The answer to a whole request; `refuse` makes the response that carries an error. */
export function replierOf<Response>(call: Call<Response>, refuse: (errorCode: number) => Response): Replier<Response> {
  return {
    answer: response => call.reply(response),
    fail: error => call.reply(refuse(error.errorCode)),
  }
}

/** A request that is answered when each of its parts is: groups may lie on different shards. Parts keep their order. */
export function gather<Part>(count: number, done: (parts: Part[]) => void): (index: number, part: Part) => void {
  const parts: Part[] = new Array(count)
  let open = count
  if (count === 0) done(parts)
  return (index, part) => {
    parts[index] = part
    if (--open === 0) done(parts)
  }
}

/** Who sent the request, as groups remember it. */
export function groupClientOf(call: Call): GroupClient {
  const { apiVersion, clientId, connection, rights } = call
  const clientHost = `/${connection.remoteAddress.replace(/^::ffff:/, '')}`
  const client = { apiVersion, clientId: clientId ?? '', clientHost }
  return rights.areLimited ? { ...client, mayDescribe: rights.allows('DESCRIBE', 'TOPIC', 'filter') } : client
}

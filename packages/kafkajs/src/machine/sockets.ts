/** Sockets as kafkajs opens them: with `ssl` as `tls.connect` takes it, or by a factory of the application. */
import * as net from 'node:net'
import * as tls from 'node:tls'
import type { Net } from '@dorsale/base'
import { adoptSocket, nodeNet } from '@dorsale/base/node'
import type { ISocketFactory, KafkaConfig } from '../types.ts'

/** The network of one client. */
export function socketNet({ ssl, socketFactory = plainFactory }: Pick<KafkaConfig, 'ssl' | 'socketFactory'>): Net {
  if (!ssl && socketFactory === plainFactory) return nodeNet
  const options: tls.ConnectionOptions | undefined = ssl === true ? {} : ssl || undefined
  return {
    listen: nodeNet.listen,
    connect({ host, port }, handler) {
      const open = (onConnect: () => void) => {
        // An application without TLS has nothing to say of it: kafkajs hands its factory nothing then.
        const socket = socketFactory({ host, port, ssl: options as tls.ConnectionOptions, onConnect })
        socket.setNoDelay(true)
        return socket
      }
      return adoptSocket(open, `cannot connect to ${host}:${port}`, handler)
    },
  }
}

const plainFactory: ISocketFactory = ({ host, port, ssl, onConnect }) => {
  if (!ssl) return net.connect({ host, port, noDelay: true, keepAlive: true }, onConnect)
  try {
    // An address is no name that a peer could be asked for.
    const servername = net.isIP(host) === 0 ? { servername: host } : {}
    return tls.connect({ host, port, ...servername, ...ssl }, onConnect).setKeepAlive(true)
  } catch (error) {
    // A key that cannot be read: heard like any other failure of the connection.
    return new net.Socket().destroy(error as Error)
  }
}

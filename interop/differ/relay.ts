import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'

/** A port whose connections reach another port of this machine from an address of their own. */
export async function relay(port: number, localAddress: string): Promise<{ readonly port: number; close(): void }> {
  const server = createServer(incoming => {
    const outgoing = connect({ host: '127.0.0.1', port, localAddress })
    incoming.pipe(outgoing).pipe(incoming)
    // Either end closes the other; why it closed is of no interest.
    for (const [one, other] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, close: () => server.close() }
}

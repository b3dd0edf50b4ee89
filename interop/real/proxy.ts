/** A TCP proxy that holds bytes back and cuts connections, to stand between real clients and the real broker. */
import { connect, createServer, type Server, type Socket } from 'node:net'

export interface ProxyOptions {
  port: number
  targetPort: number
  /** Each piece of a stream waits up to this long. Order is kept. */
  delayMsMax: number
}

export class CuttingProxy {
  cutCount = 0
  readonly #options: ProxyOptions
  readonly #server: Server
  readonly #pairs = new Set<[Socket, Socket]>()

  constructor(options: ProxyOptions) {
    this.#options = options
    this.#server = createServer(client => this.#accept(client))
  }

  listen(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#server.once('error', reject)
    this.#server.listen(this.#options.port, '127.0.0.1', resolve)
    return promise
  }

  /** Resets one of the connections, both ways, in the middle of whatever it carries. */
  cutOne(): void {
    const pairs = [...this.#pairs]
    const pair = pairs[Math.floor(Math.random() * pairs.length)]
    if (pair === undefined) return
    this.cutCount++
    for (const socket of pair) socket.resetAndDestroy()
  }

  close(): void {
    this.#server.close()
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy()
  }

  #accept(client: Socket): void {
    const broker = connect(this.#options.targetPort, '127.0.0.1')
    const pair: [Socket, Socket] = [client, broker]
    this.#pairs.add(pair)
    this.#pump(client, broker)
    this.#pump(broker, client)
    for (const socket of pair) {
      // Its close follows.
      socket.on('error', () => {})
      socket.on('close', () => {
        this.#pairs.delete(pair)
        for (const other of pair) other.destroy()
      })
    }
  }

  /** Carries bytes over, each piece late, none before the one in front of it. */
  #pump(from: Socket, to: Socket): void {
    let last = Promise.resolve()
    from.on('data', chunk => {
      from.pause()
      const delayMs = Math.random() * this.#options.delayMsMax
      last = last.then(async () => {
        await new Promise(resolve => setTimeout(resolve, delayMs))
        if (to.writable && !to.write(chunk))
          await new Promise(resolve => to.once('drain', resolve).once('close', resolve))
        from.resume()
      })
    })
    from.on('end', () => {
      last = last.then(() => void to.end())
    })
  }
}

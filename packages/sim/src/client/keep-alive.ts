import type { Machine } from '../world/machine.ts'
import type { Host, Process } from '../world/process.ts'
import type { World } from '../world/world.ts'

/** Something that lives in a process and comes back when that dies. */
export interface Client {
  readonly plan: { readonly name: string }
  run(host: Host): Promise<void>
  /** The process of this life ended. */
  died?(): void
}

/** Starts a client, and starts it again after each death, as long as it has something to do. */
export function keepAlive(world: World, machine: Machine, client: Client, isWanted: () => boolean): void {
  const start = (): void => {
    const process: Process = machine.spawn(client.plan.name, host => client.run(host))
    process.onEnd(() => {
      client.died?.()
      if (isWanted()) world.schedule(100 + world.jitterMs(500), undefined, `restart ${client.plan.name}`, start)
    })
  }
  start()
}

/**
 * The world as one process holds it: everything that was taken from it can be let go at once, as the kernel does when a process gets SIGKILL.
 * Sockets close, locks and descriptors are freed, timers are forgotten, nothing that was under way is heard of again; what was written
 * stays written.
 */
import type { Clock, Disk, LogFields, Logger, Net, Offload, Prng } from '@dorsale/base'
import { Life } from './life.ts'
import { mortalClock } from './mortal-clock.ts'
import { mortalDisk } from './mortal-disk.ts'
import { mortalNet } from './mortal-net.ts'

/** What a broker is started with. */
export interface World {
  readonly clock: Clock
  readonly prng: Prng
  readonly disk: Disk
  readonly net: Net
  readonly offload: Offload
  readonly logger: Logger
}

export interface MortalWorld extends World {
  /** SIGKILL, and the kernel's clearing up. Idempotent. */
  kill(): void
}

export function mortalWorld(world: World): MortalWorld {
  const life = new Life()
  const { offload } = world
  return {
    clock: mortalClock(world.clock, life),
    prng: world.prng,
    disk: mortalDisk(world.disk, life),
    net: mortalNet(world.net, life),
    offload: { run: (task, input) => life.settled(offload.run(task, input)) },
    logger: mortalLogger(world.logger, life),
    kill: () => life.end(),
  }
}

function mortalLogger(logger: Logger, life: Life): Logger {
  const say = (level: 'debug' | 'info' | 'warn' | 'error') => (message: string, fields?: LogFields) => {
    if (life.isAlive) logger[level](message, fields)
  }
  return {
    debug: say('debug'),
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
    child: fields => mortalLogger(logger.child(fields), life),
  }
}

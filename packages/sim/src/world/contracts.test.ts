import { clockContract, diskContract, netContract, offloadContract } from '@dorsale/base/testing'
import { World } from './world.ts'

// The simulated forms keep what the real ones keep, in a world without faults.

clockContract(body => new World({ seed: 1 }).within(({ clock }) => body(clock)))

diskContract(body =>
  new World({ seed: 2 }).within(({ disk }) => {
    disk.makeDirectorySync('/data')
    return body(disk, '/data')
  }),
)

netContract(body => new World({ seed: 3 }).within(({ net, clock }) => body(net, '127.0.0.1', clock)))

offloadContract(body => new World({ seed: 4 }).within(({ offload }) => body(offload)))

import { diskContract } from '@dorsale/base/testing'
import { MemoryDisk } from './memory-disk.ts'

diskContract(async body => {
  const disk = new MemoryDisk()
  disk.makeDirectorySync('/root')
  await body(disk, '/root')
})

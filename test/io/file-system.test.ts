import t from 'tap'
import { fileSystemOf, fileSystemType } from '../../src/io/file-system.ts'

t.test('types', async (t) => {
  t.strictSame(fileSystemType(0xef53), { name: 'ext4', network: false })
  t.strictSame(fileSystemType(0x6969), { name: 'nfs', network: true })
  t.strictSame(fileSystemType(0xff534d42), { name: 'cifs', network: true })
  t.strictSame(fileSystemType(0xff534d42 | 0), { name: 'cifs', network: true }, 'signed')
  t.strictSame(fileSystemType(0xfe534d42), { name: 'smb2', network: true })
  t.strictSame(fileSystemType(0x01021997), { name: '9p', network: true })
  t.strictSame(fileSystemType(0x65735546), { name: 'fuse', network: true })
  t.strictSame(fileSystemType(0x123), { name: '0x123', network: false })
  t.match(await fileSystemOf(t.testdir({})), { name: String })
  await t.rejects(fileSystemOf('/no/such/folder'), { code: 'ENOENT' })
})

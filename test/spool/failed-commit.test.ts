import { spawnSync } from 'node:child_process'
import t from 'tap'
import { program } from '../helpers/root.ts'

t.test('a commit that fails changes nothing, and the spool can be used on', async (t) => {
  const command = 'ulimit -f 4000; exec "$@"'
  const { stdout, stderr } = spawnSync(
    '/bin/sh',
    ['-c', command, 'sh', process.execPath, ...program('spool/limited'), t.testdir()],
    { encoding: 'utf8' },
  )
  if (stdout === '') t.fail(stderr)
  const { appended, kept, code, message, cause, again, after } = JSON.parse(stdout)
  t.ok(appended > 1 && appended < 100, `${appended} appends fitted`)
  t.equal(kept, appended * 100)
  t.equal(code, 'spool-failed')
  t.match(message, /could not be written/)
  t.equal(typeof cause, 'number', 'the reason that the system gave')
  t.same(again, { spooled: 100, alreadyGiven: 0, rejected: 0 }, 'no trace of the failed try')
  t.equal(after, 100)
})

/**
 * The command line: what is asked wrongly ends with 64 and changes nothing.
 */
import t from 'tap'
import { batchOf, rejectOf } from '../spool/helpers.ts'
import { cefline } from '../helpers/cefline.ts'
import { placeFor } from './helpers.ts'

const commandLine = (...args: string[]) => cefline(args, { cwd: import.meta.dirname })

t.test('a choice of rejects is one choice', async (t) => {
  const place = await placeFor(t, async (spool) => {
    await spool.append('alerts', batchOf(['one'], { rejects: [rejectOf('bad')] }))
  })
  const wrong = [
    ['rejects', 'purge'],
    ['rejects', 'purge', '--all'],
    ['rejects', 'purge', '1', '--all', '--yes'],
    ['rejects', 'retry', '1', '--source', 'alerts'],
    ['rejects', 'retry', 'one'],
    ['rejects', 'show'],
    ['rejects'],
    ['spool', 'forget'],
    ['spool', 'frobnicate'],
  ]
  const done = await Promise.all(
    wrong.map((args) => commandLine('--config', place.config, ...args)),
  )
  done.forEach(({ code, stderr, stdout }, index) => {
    t.equal(code, 64, String(wrong[index]))
    t.ok(stderr.length > 0 && stdout === '')
  })
  const listed = await commandLine('--config', place.config, 'rejects', 'ls', '--json')
  t.equal(listed.code, 0, listed.stderr)
  t.match(JSON.parse(listed.stdout), { rejects: [{ number: 1 }], more: false })
  const exported = await commandLine('--config', place.config, 'spool', 'export', 'alerts')
  t.strictSame(exported, { code: 0, stdout: 'one\n', stderr: '' })
  const purged = await commandLine('--config', place.config, 'rejects', 'purge', '--all', '--yes')
  t.strictSame(purged, { code: 0, stdout: '1 reject removed for good\n', stderr: '' })
})

t.test('help ends with 0, a spool that is not there with 1', async (t) => {
  const help = await commandLine('rejects', 'retry', '--help')
  t.equal(help.code, 0)
  t.match(help.stdout, /--destination <name>/)
  const nowhere = await commandLine('status', '--folder', t.testdir())
  t.equal(nowhere.code, 1)
  t.match(nowhere.stderr, /there is no spool in .*: nothing has run on it yet/)
})

t.test('what is no command is said to be none', async (t) => {
  for (const [args, said] of [
    [['frobnicate'], /there is no command "frobnicate"; known are run, check, .*rejects/],
    [['chek', '--json'], /there is no command "chek"; did you mean check\?/],
    [['run', 'check'], /too many arguments for 'run'/],
    [['--jso'], /unknown option '--jso'/],
  ] as const) {
    const { code, stderr, stdout } = await commandLine(...args)
    t.equal(code, 64)
    t.match(stderr, said)
    t.equal(stdout, '')
  }
})

/**
 * One folder, one owner: of many processes that start at the same instant, in containers of their own
 * or beside each other, and whatever the one before them died of.
 */
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t from 'tap'
import type { Test } from 'tap'
import type { Notice } from '../../src/core.ts'
import { Claim } from '../../src/spool/claim.ts'
import { program } from '../helpers/root.ts'
import { batchOf, drain, openAt } from './helpers.ts'
import { mounts, run, tmpfs } from './mounted.ts'

const unshare = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc']
const possible = {
  skip:
    spawnSync('unshare', ['--pid', '--fork', '--mount-proc', 'true']).status === 0
      ? false
      : 'needs unshare and root',
}

const owned = { code: 'spool-owner' }

t.test('a claim is one process’s until it is released or dies', async (t) => {
  const folder = t.testdir()
  const first = new Claim('the folder', folder)
  await first.take()
  await t.rejects(new Claim('the folder', folder).take(), owned)
  t.same(readdirSync(folder), ['claim.1'], 'nothing is left of who did not get it')
  first.release()
  first.release()
  for (let number = 2; number < 12; number += 1) {
    const next = new Claim('the folder', folder)
    await next.take()
    t.ok(readdirSync(folder).includes(`claim.${number}`))
    next.release()
  }
  t.equal(readdirSync(folder).length, 5, 'dead ones go, but for a few')
  const late = new Claim('the folder', folder)
  late.release()
  await late.take()
  late.release()
})

t.test('in a folder whose name is longer than a socket’s may be', async (t) => {
  const folder = join(t.testdir(), 'x'.repeat(200))
  mkdirSync(folder)
  const first = new Claim(folder, folder)
  await first.take()
  await t.rejects(new Claim(folder, folder).take(), owned)
  first.release()
})

t.test('what is no claim is no hindrance', async (t) => {
  const folder = t.testdir({ 'claim.7': 'a copy', 'claim.x': '', 'claim.': '', 'claim.08': '' })
  const claim = new Claim(folder, folder)
  await claim.take()
  t.ok(readdirSync(folder).includes('claim.8'))
  claim.release()
})

t.test(
  'a folder that nothing can be made in: others are asked, and the rest decides',
  async (t) => {
    const folder = t.testdir()
    const claim = new Claim(folder, join(folder, 'missing'))
    await t.rejects(claim.take(), { code: 'ENOENT' })
  },
)

interface Contender {
  child: ChildProcess
  /** Sends a line and resolves to the answer; to `dead` when it ends before. */
  ask(line: string): Promise<string>
}

/** Processes that are ready to open the folder. */
async function contenders(t: Test, folder: string, how: readonly string[][]): Promise<Contender[]> {
  return Promise.all(
    how.map(async (before) => {
      const [command = '', ...args] = [
        ...before,
        process.execPath,
        ...program('spool/claimer'),
        folder,
      ]
      const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
      t.teardown(() => child.kill('SIGKILL'))
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
      const answer = async () => {
        const { value, done } = await lines.next()
        return done === true ? 'dead' : String(value)
      }
      if ((await answer()) !== 'ready') throw new Error('not ready')
      const ask = (line: string) => {
        child.stdin.write(`${line}\n`)
        return answer()
      }
      return { child, ask }
    }),
  )
}

for (const [name, how, options] of [
  ['processes that see each other', Array.from({ length: 5 }, () => []), {}],
  ['containers, where each is process 1', Array.from({ length: 5 }, () => unshare), possible],
] as const) {
  t.test(`of ${name} one opens the spool, and the others say so`, options, async (t) => {
    const folder = t.testdir()
    const all = await contenders(t, folder, how)
    const wanted: string[] = []
    for (let round = 0; round < 12; round += 1) {
      const answers = await Promise.all(all.map(({ ask }, index) => ask(`open ${round}.${index}`)))
      const winners = answers.flatMap((answer, index) => (answer === 'open' ? [index] : []))
      t.equal(winners.length, 1, `round ${round}: ${answers.join(' | ')}`)
      const losers = answers.filter((answer) => answer !== 'open')
      t.ok(losers.every((answer) => /is in use by .*stop that one first/.test(answer)))
      for (const index of winners) wanted.push(`${round}.${index}`)
      const [winner = -1] = winners
      const [one] = all.slice(winner, winner + 1)
      if (!one) throw new Error('nobody has opened it')
      if (round % 4 === 3) {
        all.splice(winner, 1)
        const ended = once(one.child, 'close')
        one.child.kill('SIGKILL')
        await ended
      } else t.equal(await one.ask('close'), 'closed')
    }
    for (const { child } of all) {
      const ended = once(child, 'close')
      child.kill('SIGKILL')
      await ended
    }
    const spool = await openAt(folder)
    t.same(drain(spool), wanted, 'nothing is lost or damaged')
    t.same(spool.damaged(), [])
    await spool.close()
  })
}

t.test('one that is stopped has it still', possible, async (t) => {
  const folder = t.testdir()
  const [stopped, other] = await contenders(t, folder, [[], [...unshare]])
  if (!stopped || !other) throw new Error('too few')
  t.equal(await stopped.ask('open a'), 'open')
  stopped.child.kill('SIGSTOP')
  t.match(await other.ask('open b'), /in use by a process that does not answer/)
  const ended = once(stopped.child, 'close')
  stopped.child.kill('SIGKILL')
  await ended
  t.equal(await other.ask('open b'), 'open')
  t.equal(await other.ask('close'), 'closed')
})

t.test('a name that a dead one left in the middle of its claim goes in the end', async (t) => {
  const folder = t.testdir()
  writeFileSync(join(folder, 'claim-00'), '')
  const claim = new Claim(folder, folder)
  await claim.take()
  t.ok(readdirSync(folder).includes('claim-00'), 'it may be somebody’s who is about to claim')
  rmSync(join(folder, 'claim-00'))
  claim.release()
})

t.test('where no claim can be made it is said, once', mounts(), async (t) => {
  const volume = tmpfs(t, '32m')
  const folder = join(volume, 'spool')
  const notices: Notice[] = []
  const notice = (one: Notice) => void notices.push(one)
  const first = await openAt(folder, { notice })
  await first.append('q', batchOf(['a']))
  await first.close()
  t.same(notices, [], 'it was claimed')
  run('mount', '-o', 'remount,nr_inodes=64', volume)
  const noInode = () => {
    for (let number = 0; ; number += 1) writeFileSync(join(volume, String(number)), '')
  }
  t.throws(noInode, { code: 'ENOSPC' })
  const second = await openAt(folder, { notice })
  await second.append('q', batchOf(['b']))
  t.same(drain(second), ['a', 'b'])
  await second.close()
  t.match(notices, [{ level: 'warn', code: 'spool-unclaimed', message: /df -i/ }])
  t.equal(notices.length, 1)
})

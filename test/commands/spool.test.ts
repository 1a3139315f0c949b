import { existsSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { open } from 'lmdb'
import t from 'tap'
import { exportLines, forget, list, verify } from '../../src/commands/spool.ts'
import { status } from '../../src/commands/status.ts'
import { batchOf, numbered, openAt, reached } from '../spool/helpers.ts'
import { placeFor, printed } from './helpers.ts'
import type { Place } from './helpers.ts'

const filled = (t: Parameters<typeof placeFor>[0]) =>
  placeFor(t, async (spool) => {
    await spool.append('alerts', batchOf(['one', 'two']))
    await spool.append('alerts', batchOf(['thr\u001bee', 'four']))
    await spool.receipts('siem', new Map([['alerts', reached(1, 2)]]), [])
  })

async function exported(
  { config, folder }: Partial<Place>,
  query: { queue: string; destination?: string; json?: boolean },
  isTTY = false,
): Promise<string> {
  const output = Object.assign(new PassThrough(), { isTTY })
  const read = text(output)
  await exportLines({ config, ...(folder === undefined ? {} : { folder }), ...query }, output)
  output.end()
  return read
}

for (const runs of [false, true]) {
  t.test(runs ? 'an appliance runs' : 'nobody runs', async (t) => {
    const { config, folder, run } = await filled(t)
    if (runs) await run()
    const where = runs ? { config: undefined, folder } : { config }

    const listed = await printed(t, () => list(where))
    t.equal(listed.code, 0)
    t.match(listed.text, / *queue +blocks +lines +bytes +oldest block +newest block/)
    t.match(listed.text, /^alerts +1 +2 +\d+ B +2 +2 +4$/m)
    t.match(listed.text, /^siem +alerts +1 +2$/m)
    t.match(listed.text, /^the oldest line for siem has waited \d+/m)
    const json = await printed(t, () => list({ ...where, json: true }))
    t.match(JSON.parse(json.text), { folder, strangers: [], queues: Array })

    t.equal(await exported(where, { queue: 'alerts' }), 'thr\u001bee\nfour\n')
    t.equal(
      await exported(where, { queue: 'alerts', destination: 'siem' }, true),
      'thr\\x1bee\nfour\n',
      'a terminal is shown nothing that it would obey',
    )
    const lines = (await exported(where, { queue: 'alerts', json: true })).trim().split('\n')
    t.strictSame(JSON.parse(lines[1] ?? ''), { cef: 'four', time: 0, severity: 5 })
    await t.rejects(exported(where, { queue: 'none' }), { code: 'not-found' })

    await t.rejects(forget({ ...where, destination: 'siem' }), {
      code: 'not-found',
      message: /take it out of the configuration first/,
    })
  })
}

t.test('a destination that is gone is listed, and forgotten', async (t) => {
  const { config, folder } = await placeFor(t)
  const before = await openAt(folder, { destinations: new Map([['gone', ['alerts']]]) })
  await before.append('alerts', batchOf(['one']))
  await before.receipts('gone', new Map([['alerts', reached(1, 1)]]), [])
  await before.close()
  t.match((await printed(t, () => list({ config }))).text, /^gone no longer reads alerts/m)
  const { code, text } = await printed(t, () => forget({ config, destination: 'gone' }))
  t.equal(code, 0)
  t.equal(text, 'gone is forgotten: 1 position released')
  t.match(
    await exported({ config }, { queue: 'cefline' }),
    /\|destination-forgotten\|.* suser=\S.* msg=destination gone was forgotten, .* 0 lines /,
  )
  t.notMatch((await printed(t, () => list({ config }))).text, /gone/)
})

t.test('verify reads everything, beside an appliance too', async (t) => {
  const { config, folder, run } = await filled(t)
  const sound = async () => {
    const { code, text } = await printed(t, () => verify({ config, folder }))
    t.equal(code, 0, text)
    t.match(text, /1 block, 2 lines, .* 4 ids, 0 rejects/)
    t.match(text, /✔ all of it can be read/)
  }
  await sound()
  await run()
  await sound()
})

for (const runs of [false, true]) {
  t.test(`verify sets aside what is damaged${runs ? ', beside an appliance' : ''}`, async (t) => {
    const { config, folder, run } = await filled(t)
    await flipBlock(folder, ['alerts', 2])
    if (runs) await run()
    const looked = await printed(t, () => verify({ config, dryRun: true }))
    t.equal(looked.code, 1)
    t.match(looked.text, /✘ block 2 of alerts, 2 lines: .*; still in the spool/)
    t.match(looked.text, /damaged in 1 place, with 2 lines/)
    const set = await printed(t, () => verify({ config, json: true }))
    t.equal(set.code, 1)
    const file = join(folder, 'damaged', 'alerts-2.block')
    t.match(JSON.parse(set.text), {
      damaged: [{ queue: 'alerts', sequence: 2, lines: 2 }],
      setAside: [{ queue: 'alerts', sequence: 2, lines: 2, file }],
    })
    t.ok(existsSync(file))
    if (!runs) {
      const told = await exported({ config }, { queue: 'cefline' })
      t.match(told, /\|spool-damaged\|.*msg=block 2 of queue alerts with 2 lines is set aside as /)
    }
    const again = await printed(t, () => verify({ config }))
    t.equal(again.code, 0, again.text)
    const books = await printed(t, () => status({ config }))
    t.equal(books.code, 0, 'and the books add up')
    t.match(books.text, /✔ +siem +alerts +4 +2 +0 +0 +2$/m)
    t.match(books.text, /^damaged: block 2 of alerts, 2 lines, now .*alerts-2\.block$/m)
  })
}

t.test('a torn file ends its reader only', async (t) => {
  const { config, folder } = await placeFor(t, async (spool) => {
    for (let n = 0; n < 40; n += 1) await spool.append('alerts', batchOf(numbered(n * 500, 500)))
  })
  const file = join(folder, 'data.mdb')
  truncateSync(file, Math.floor(statSync(file).size / 2 / 4096) * 4096)
  const { code, text } = await printed(t, () => verify({ config }))
  t.equal(code, 1)
  t.match(text, /✘ /)
})

/** Changes a bit of a block behind the spool's back. */
async function flipBlock(folder: string, key: [string, number]): Promise<void> {
  const environment = open({ path: folder, noSubdir: false })
  const blocks = environment.openDB<Buffer, [string, number]>({
    name: 'blocks',
    encoding: 'binary',
  })
  const bytes = Buffer.from(blocks.getBinary(key) ?? [])
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  await blocks.put(key, bytes)
  await environment.close()
}

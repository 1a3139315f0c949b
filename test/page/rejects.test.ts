/** The rejects: listed with their reasons, filtered, read on, and never the record itself. */
import t from 'tap'
import { openPage, stopBrowser } from '../helpers/browser.ts'
import { failing, makeReject } from '../helpers/page-states.ts'
import { needs } from '../helpers/peers.ts'
import { startStatusPage } from '../helpers/status-page.ts'

t.teardown(stopBrowser)

t.test('rejects', needs('chromium'), async (t) => {
  const server = await startStatusPage(t, failing())
  const { page, complaints, until } = await openPage(t, server.url)
  const settles = (count: number) =>
    until(`document.querySelectorAll('#reject-rows tr').length === ${count}`)
  await settles(50)
  const first = await page.locator('#reject-rows tr').first().innerText()
  t.match(first, /1\s.*alerts\s+date\s+"13\/13\/2026" in When is not a date; set dateFormat/s)
  t.match(first, /alerts-2026-11\.csv row 2/)
  t.match(first, /cefline rejects show 1$/)
  const codes = page.locator('#reject-codes')
  t.match(await codes.innerText(), /date 80\s+row 40/, 'of all that are kept')
  await page.getByRole('button', { name: 'More…' }).click()
  await settles(100)
  await page.getByRole('button', { name: 'More…' }).click()
  await settles(120)
  await page.getByRole('button', { name: 'More…' }).waitFor({ state: 'hidden' })
  await page.locator('#reject-code').selectOption('row')
  await settles(40)
  await page.getByText('40 shown of 120, those that match').waitFor()
  server.shown.rejects.push(makeReject(123))
  const { overview } = server.shown
  overview.spool.rejects = 121
  overview.rejectsByCode = { date: 80, row: 41 }
  await settles(41)
  await page.locator('#reject-code').selectOption('')
  await settles(50)
  await page.getByRole('button', { name: 'More…' }).click()
  await settles(100)
  server.shown.rejects.splice(0)
  overview.spool.rejects = 0
  overview.rejectsByCode = {}
  await page.getByText('Nothing was set aside.').waitFor()
  await settles(0)
  t.equal(await codes.innerText(), '', 'what was purged is not shown any more')
  t.strictSame(complaints, [])
})

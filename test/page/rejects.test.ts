/** The rejects: listed with their reasons, filtered, read on, and never the record itself. */
import t from 'tap'
import { startBrowser } from '../helpers/browser.ts'
import { failing, makeReject } from '../helpers/page-states.ts'
import { needs } from '../helpers/peers.ts'
import { startStatusPage } from '../helpers/status-page.ts'

t.test('rejects', needs('chromium'), async (t) => {
  const browser = await startBrowser(t)
  const server = await startStatusPage(t, failing())
  const { page, complaints, until } = await browser.open(server.url)
  const settles = (count: number) =>
    until(`document.querySelectorAll('#reject-rows tr').length === ${count}`)
  await settles(50)
  const first = await page.locator('#reject-rows tr').first().innerText()
  t.match(first, /1\s.*alerts\s+date\s+"13\/13\/2026" in When is not a date; set dateFormat/s)
  t.match(first, /alerts-2026-11\.csv row 2/)
  t.match(first, /cefline rejects show 1$/)
  t.match(await page.locator('#reject-codes').innerText(), /date 34\s+row 16/)
  await page.getByRole('button', { name: 'More…' }).click()
  await settles(100)
  await page.getByRole('button', { name: 'More…' }).click()
  await settles(120)
  await page.getByRole('button', { name: 'More…' }).waitFor({ state: 'hidden' })
  await page.locator('#reject-code').selectOption('row')
  await settles(40)
  await page.getByText('40 shown of 120, those that match').waitFor()
  server.shown.rejects.push(makeReject(123))
  server.shown.overview.spool.rejects = 121
  await settles(41)
  t.strictSame(complaints, [])
})

/** Throughput, backlog, latency: drawn, switched by keyboard, and readable as tables. */
import t from 'tap'
import { openPage, stopBrowser } from '../helpers/browser.ts'
import { busy } from '../helpers/page-states.ts'
import { needs } from '../helpers/peers.ts'
import { startStatusPage } from '../helpers/status-page.ts'

t.teardown(stopBrowser)

t.test('plots', needs('chromium'), async (t) => {
  const server = await startStatusPage(t, busy())
  const asked: string[] = []
  const { page, complaints } = await openPage(t, server.url)
  page.on('request', (request) => asked.push(new URL(request.url()).search))
  await page.locator('.plot canvas').nth(2).waitFor()

  t.test('the legend is a row of switches', async (t) => {
    const entry = page.getByRole('button', { name: /^activity read/ })
    t.equal(await entry.getAttribute('aria-pressed'), 'true')
    await entry.focus()
    await page.keyboard.press('Space')
    t.equal(await entry.getAttribute('aria-pressed'), 'false')
    await page.keyboard.press('Space')
    t.equal(await entry.getAttribute('aria-pressed'), 'true')
  })

  t.test('the values as a table, and the latest in words', async (t) => {
    const plot = page.locator('.plot').nth(2)
    await plot.locator('summary').click()
    const heads = await plot.locator('thead th').allInnerTexts()
    t.strictSame(heads, ['Time', 'siem', 'archive'])
    t.match(await plot.locator('tbody').innerText(), /\d\d:\d\d:\d\d\s+\d+ ms\s+\d+ s/)
    t.match(
      await plot.locator('.canvas').getAttribute('aria-label'),
      /^Latency, latest: siem \d+ ms, archive \d+ s$/,
    )
  })

  t.test('the day', async (t) => {
    await page.getByLabel('Hour').focus()
    await page.keyboard.press('ArrowRight')
    while (!asked.includes('?range=day')) await page.waitForTimeout(20)
    t.ok(await page.getByLabel('Day').isChecked())
  })
  t.strictSame(complaints, [])
})

/** The top of the page and the line: what is amiss, live figures, and a connection lost and back. */
import t from 'tap'
import { openPage, stopBrowser } from '../helpers/browser.ts'
import { busy, empty, failing } from '../helpers/page-states.ts'
import { needs } from '../helpers/peers.ts'
import { startStatusPage } from '../helpers/status-page.ts'

t.teardown(stopBrowser)

t.test('state', needs('chromium'), async (t) => {
  t.test('all well, and the figures are live', async (t) => {
    const server = await startStatusPage(t, busy())
    const { page, complaints } = await openPage(t, server.url)
    await page.getByText('● All well').waitFor()
    t.match(await page.locator('header').innerText(), /Cefline 0\.1\.0.*Up 3 d.*cefline\.yaml/s)
    const siem = page.locator('#destinations .card').first()
    t.match(await siem.innerText(), /40 lines\/s/)
    t.match(await siem.innerText(), /Receipt means\s+the receiving program read every byte/)
    t.match(await siem.innerText(), /TLS peer\s+CN=sensor\.example\.com · 212 days left/)
    await siem.locator('summary').click()
    t.match(await siem.innerText(), /spooled\s+1,250\s+=\s+received\s+1,200\s+\+\s+waiting\s+50/)
    server.shown.overview.destinations[0]!.rate = 123.4
    await siem.getByText('123', { exact: true }).waitFor()
    t.ok((await siem.locator('details').getAttribute('open')) !== null, 'what is open stays open')
    t.strictSame(complaints, [])
  })

  t.test('ages are counted by the appliance’s clock, not the browser’s', async (t) => {
    const server = await startStatusPage(t, busy())
    const { overview } = server.shown
    overview.now -= 9 * 3_600_000
    overview.destinations[0]!.oldestWaitingAt = overview.now - 45_000
    const { page } = await openPage(t, server.url)
    const siem = page.locator('#destinations .card').first()
    await siem.getByText(/^4[45] s$/).waitFor()
    t.match(await siem.innerText(), /212 days left/)
    t.match(await page.locator('header').innerText(), /Up 2 d 15 h/)
  })

  t.test('starting, with nothing there', async (t) => {
    const server = await startStatusPage(t, empty())
    const { page, complaints } = await openPage(t, server.url)
    await page.getByText('○ Starting', { exact: true }).waitFor()
    await page.getByText('No event has passed that matches.').waitFor()
    await page.getByText('Nothing was set aside.').waitFor()
    t.strictSame(complaints, [])
  })

  t.test('a spool that is opened late: what was not to be had is asked for again', async (t) => {
    const server = await startStatusPage(t, busy())
    server.open(false)
    const { page } = await openPage(t, server.url)
    await page.locator('#event-note').getByText('Not loaded: the spool is not open yet').waitFor()
    await page.locator('#reject-note').getByText('Not loaded: the spool is not open yet').waitFor()
    server.open(true)
    await page.getByRole('button', { name: 'User Modified 29' }).waitFor()
    t.equal(await page.locator('#event-note').innerText(), '')
    await page.getByText('Nothing was set aside.').waitFor()
  })

  t.test('what is amiss, the most serious first', async (t) => {
    const server = await startStatusPage(t, failing())
    const { page } = await openPage(t, server.url)
    await page.getByText('✕ Failing').waitFor()
    const reasons = await page.locator('#reasons li').allInnerTexts()
    t.match(reasons[0], /The spool is full/)
    t.match(reasons.join('\n'), /Destination siem lost: connect ECONNREFUSED/)
    t.match(reasons.join('\n'), /books of source timeline do not add up: 5 not accounted for/)
    t.match(reasons.at(-1), /Source alerts is silent/)
    t.match(reasons.join('\n'), /Our own certificate of archive ends in 9 days/)
    t.match(reasons.join('\n'), /The certificate of activity has expired/)
    const activity = page.locator('#sources .card').first()
    t.match(await activity.innerText(), /TLS peer\s+CN=auditor\.example\.com · expired/)
    t.equal(await page.title(), 'Failing · Cefline')
    Object.assign(server.shown.overview, busy().overview)
    await page.getByText('● All well').waitFor()
    t.equal(await page.title(), 'Cefline')
  })

  t.test('what is not there is not said to be well', async (t) => {
    const shown = busy()
    shown.overview.sources = []
    const server = await startStatusPage(t, shown)
    const { page } = await openPage(t, server.url)
    const reason = page.locator('#reasons')
    await reason
      .getByText('There is no source to read, all 2 destinations take what comes')
      .waitFor()
    shown.overview.sources = busy().overview.sources.slice(1)
    shown.overview.destinations = []
    await reason
      .getByText('The source is read, there is no destination to send to, and the books add up.')
      .waitFor()
  })

  t.test('a screen reader hears of states and of no rate', async (t) => {
    const server = await startStatusPage(t, busy())
    const { page } = await openPage(t, server.url)
    await page.getByText('● All well').waitFor()
    await page.evaluate(`{
      globalThis.heard = 0
      for (const region of document.querySelectorAll('[role=status], [aria-live]')) {
        new MutationObserver(() => (globalThis.heard += 1)).observe(region, {
          childList: true, characterData: true, subtree: true })
      }
    }`)
    for (const rate of [51, 52, 53]) {
      server.shown.overview.sources[0]!.rate = rate
      await page.getByText(String(rate), { exact: true }).waitFor()
    }
    t.equal(await page.evaluate('globalThis.heard'), 0)
    server.shown.overview.destinations[0]!.state = 'lost'
    await page.getByText('✕ Failing').waitFor()
    t.not(await page.evaluate('globalThis.heard'), 0)
  })

  t.test('the connection is lost, and comes back by itself', async (t) => {
    const server = await startStatusPage(t, busy())
    const { page } = await openPage(t, server.url)
    await page.getByText('● All well').waitFor()
    await server.cut()
    await page.getByText('The connection to the appliance is lost').waitFor()
    t.match(await page.evaluate('getComputedStyle(document.querySelector("main")).filter'), /gray/)
    t.equal(await page.title(), 'No connection · Cefline')
    server.shown.overview.sources[0]!.rate = 77
    await server.restore()
    await page.getByText('77', { exact: true }).waitFor({ timeout: 60_000 })
    await page.getByText('The connection to the appliance is lost').waitFor({ state: 'hidden' })
    t.equal(await page.title(), 'Cefline')
  })
})

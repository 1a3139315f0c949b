/** The latest events: they come by themselves, are filtered, opened, paused, and never too many. */
import t from 'tap'
import { openPage, stopBrowser } from '../helpers/browser.ts'
import { busy, makeEvent } from '../helpers/page-states.ts'
import { needs } from '../helpers/peers.ts'
import { startStatusPage } from '../helpers/status-page.ts'

t.teardown(stopBrowser)

t.test('events', needs('chromium'), async (t) => {
  t.test('new ones come on top by themselves', async (t) => {
    const server = await startStatusPage(t, busy())
    const { page, complaints } = await openPage(t, server.url)
    const first = page.locator('#event-rows tr').first()
    await first.getByText('User Modified 29').waitFor()
    server.pass([makeEvent(100, { queue: 'alerts', severity: 9 })], 7)
    await first.getByText('User Modified 100').waitFor()
    t.match(await first.innerText(), /alerts.*siem.*9 very high/s)
    await page.getByText('7 passed too fast to be shown').waitFor()
    t.strictSame(complaints, [])
  })

  t.test('filtered by text, source, destination and severity', async (t) => {
    const shown = busy()
    shown.events.push(makeEvent(50, { queue: 'alerts', severity: 8 }))
    const server = await startStatusPage(t, shown)
    const { page, complaints, until } = await openPage(t, server.url)
    const rows = page.locator('#event-rows tr')
    const settles = (count: number) =>
      until(`document.querySelectorAll('#event-rows tr').length === ${count}`)
    await settles(31)
    await page.getByLabel('Text').fill('modified 2')
    await settles(11)
    await page.getByRole('button', { name: 'Clear' }).click()
    await settles(31)
    await page.locator('#filter-source').selectOption('alerts')
    await settles(1)
    server.pass([makeEvent(51), makeEvent(52, { queue: 'alerts' })])
    await settles(2)
    t.match(await rows.first().innerText(), /Modified 52/, 'what passes is filtered too')
    await page.locator('#filter-severity').selectOption('9')
    await settles(0)
    await page.getByText('No event has passed that matches.').waitFor()
    await page.getByRole('button', { name: 'Clear' }).click()
    await page.locator('#filter-destination').selectOption('archive')
    await settles(15)
    t.strictSame(complaints, [])
  })

  t.test('one opened shows header, fields and the frame', async (t) => {
    const server = await startStatusPage(t, busy())
    const { page, complaints } = await openPage(t, server.url)
    const name = page.getByRole('button', { name: 'User Modified 29' })
    await name.focus()
    await page.keyboard.press('Enter')
    t.equal(await name.getAttribute('aria-expanded'), 'true')
    const detail = await page.locator('.detail').innerText()
    t.match(detail, /Signature id\s+netwrix\.user\.modified/)
    t.match(detail, /suser\s+sourceUserName\s+ENTERPRISE\\anna/, 'with the full name')
    t.match(detail, /Frame as sent \d+ bytes/)
    t.match(await page.locator('.detail pre').innerText(), /^<134>.*Legal"\\n$/s)
    server.pass([makeEvent(100)])
    await page.getByText('Standing still while an event is open, 1 new').waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'User Modified 100' }).waitFor()
    t.equal(await page.locator('.detail').count(), 0)
    t.strictSame(complaints, [])
  })

  t.test('a break of the connection closes no event', async (t) => {
    const server = await startStatusPage(t, busy())
    const { page } = await openPage(t, server.url)
    const name = page.getByRole('button', { name: 'User Modified 29' })
    await name.focus()
    await page.keyboard.press('Enter')
    await page.locator('.detail').waitFor()
    await server.cut()
    await page.getByText('The connection to the appliance is lost').waitFor()
    server.shown.events.splice(0, 28)
    server.shown.events.push(makeEvent(100))
    await server.restore()
    const note = page.getByText('Standing still while an event is open, 1 new')
    await note.waitFor({ timeout: 60_000 })
    t.equal(await page.locator('.detail').count(), 1)
    t.equal(
      await page.evaluate('document.activeElement.ariaExpanded'),
      'true',
      'nor moves the focus',
    )
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'User Modified 100' }).waitFor()
    t.equal(await page.locator('#event-rows tr').count(), 31)
  })

  t.test('what passes while an answer is on its way is shown too', async (t) => {
    const server = await startStatusPage(t, busy())
    const { page } = await openPage(t, server.url)
    await page.getByRole('button', { name: 'User Modified 29' }).waitFor()
    const passed = page.getByRole('button', { name: 'User Modified 100' })
    await page.route('**/api/events?*', async (route) => {
      const response = await route.fetch()
      server.pass([makeEvent(100)])
      await passed.waitFor()
      await route.fulfill({ response })
    })
    await page.locator('#filter-text').fill('modified')
    await page.waitForResponse(/text=modified/)
    await page.locator('#event-rows tr').nth(30).waitFor()
    t.equal(await passed.count(), 1)
  })

  t.test('one opened before the answer to a filter stays open, in its place', async (t) => {
    const server = await startStatusPage(t, busy())
    const { page } = await openPage(t, server.url)
    const name = page.getByRole('button', { name: 'User Modified 25' })
    await name.waitFor()
    await page.route('**/api/events?*', async (route) => {
      const response = await route.fetch()
      await name.focus()
      await page.keyboard.press('Enter')
      server.pass([makeEvent(200), makeEvent(100)])
      await page.getByText('Standing still while an event is open, 1 new').waitFor()
      await route.fulfill({ response })
    })
    const rows = page.locator('#event-rows tr')
    await page.locator('#filter-text').fill('modified 2')
    await page.waitForResponse(/text=modified/)
    await page.getByRole('button', { name: 'User Modified 29' }).waitFor()
    await page.getByRole('button', { name: 'User Modified 10' }).waitFor({ state: 'detached' })
    t.equal(await page.locator('.detail').count(), 1)
    t.equal(await page.evaluate('document.activeElement.ariaExpanded'), 'true')
    const names = (await rows.allInnerTexts()).map((text) => /Modified (\d+)\s*$/.exec(text)?.[1])
    const below = [undefined, '24', '23', '22', '21', '20', '2']
    t.strictSame(names, ['200', '29', '28', '27', '26', '25', ...below])
  })

  t.test('a row stands still while it is pressed, so that the click is not lost', async (t) => {
    const server = await startStatusPage(t, busy())
    const { page } = await openPage(t, server.url)
    const name = page.getByRole('button', { name: 'User Modified 29' })
    await name.hover()
    await page.mouse.down()
    server.pass([makeEvent(100), makeEvent(101), makeEvent(102)], 4)
    // The page is told once a second, and must not show it.
    await page.waitForTimeout(1500)
    await page.mouse.up()
    await page.getByText('Standing still while an event is open, 3 new').waitFor()
    t.equal(await name.getAttribute('aria-expanded'), 'true')
    await name.click()
    await page.getByRole('button', { name: 'User Modified 102' }).waitFor()
  })

  t.test('pause and resume', async (t) => {
    const server = await startStatusPage(t, busy())
    const { page } = await openPage(t, server.url)
    await page.getByRole('button', { name: 'User Modified 29' }).waitFor()
    await page.getByRole('button', { name: 'Pause' }).click()
    server.pass([makeEvent(100), makeEvent(101)])
    await page.getByText('Paused, 2 new').waitFor()
    t.equal(await page.getByRole('button', { name: 'User Modified 101' }).count(), 0)
    await page.getByRole('button', { name: 'Resume' }).click()
    await page.getByRole('button', { name: 'User Modified 101' }).waitFor()
    t.equal(await page.locator('#event-rows tr').count(), 32)
  })

  t.test('200 rows at most, however many come', async (t) => {
    const server = await startStatusPage(t, busy())
    const { page } = await openPage(t, server.url)
    for (let batch = 0; batch < 5; batch += 1) {
      server.pass(Array.from({ length: 50 }, (_, line) => makeEvent(1000 + batch * 50 + line)))
    }
    await page.getByRole('button', { name: 'User Modified 1249' }).waitFor()
    t.equal(await page.locator('#event-rows tr').count(), 200)
  })
})

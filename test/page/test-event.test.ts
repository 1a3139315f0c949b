/** "Send a test event": each step is shown; where it is not allowed the page says how to allow it. */
import t from 'tap'
import { openPage, stopBrowser } from '../helpers/browser.ts'
import { busy, empty } from '../helpers/page-states.ts'
import { needs } from '../helpers/peers.ts'
import { startStatusPage } from '../helpers/status-page.ts'

t.teardown(stopBrowser)

t.test('test event', needs('chromium'), async (t) => {
  t.test('with a token', async (t) => {
    const server = await startStatusPage(t, busy(), 'secret')
    const { page, complaints } = await openPage(t, server.url, {
      httpCredentials: { username: '', password: 'secret' },
    })
    await page.getByText('● All well').waitFor()
    await page.getByRole('button', { name: 'Send a test event' }).click()
    await page.getByLabel('Wait for the receipt of').selectOption('siem')
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await page.locator('#test-steps li').nth(4).waitFor()
    const steps = await page.locator('#test-steps').innerText()
    t.match(steps, /Made.*In the spool.*8 ms.*Handed out: siem.*Received: siem.*431 ms.*End/s)
    await page.keyboard.press('Escape')
    t.notOk(await page.locator('#test').isVisible())
    t.equal(await page.evaluate('document.activeElement.id'), 'test-open')
    t.strictSame(complaints, [])
  })

  t.test('without one', async (t) => {
    const server = await startStatusPage(t, empty())
    const { page, complaints } = await openPage(t, server.url)
    await page.getByText('○ Starting', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Send a test event' }).click()
    await page.getByText('This page only shows. To send from here, set a token').waitFor()
    t.notOk(await page.getByRole('button', { name: 'Send', exact: true }).isVisible())
    t.strictSame(complaints, [])
  })

  t.test('refused in between', async (t) => {
    const shown = busy()
    const server = await startStatusPage(t, shown)
    const { page } = await openPage(t, server.url)
    await page.getByText('● All well').waitFor()
    await page.getByRole('button', { name: 'Send a test event' }).click()
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await page.getByText('Not sent: Without a token the page only shows').waitFor()
  })
})

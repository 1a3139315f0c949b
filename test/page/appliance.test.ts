/** The page of the appliance as it ships, in a browser that knows its token. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openPage, stopBrowser } from '../helpers/browser.ts'
import { startPageAppliance } from '../helpers/page-appliance.ts'
import { needs } from '../helpers/peers.ts'

t.teardown(stopBrowser)

t.test('the whole way', needs('chromium', 'openssl'), async (t) => {
  const folder = t.testdir()
  const appliance = await startPageAppliance(t, folder)
  t.equal((await fetch(appliance.url)).status, 401, 'not without the token')
  const { page, complaints } = await openPage(t, appliance.url, {
    httpCredentials: { username: '', password: appliance.token },
  })
  page.setDefaultTimeout(45_000)
  await page.getByText('● All well').waitFor()
  await page.getByText('the receiving program read every byte').waitFor()
  const siem = page.locator('#destinations .card', { hasText: 'siem' })
  t.match(await siem.innerText(), /TLS peer\s+.*sensor\.example\.com · 21\d days left/)
  const rows = page.locator('#event-rows tr')
  await rows.first().waitFor()
  await page.locator('#filter-source').selectOption('activity')
  await page.getByLabel('Text').fill('in no event')
  await page.getByText('No event has passed that matches.').waitFor()
  await page.getByLabel('Text').fill('m.okafor')
  appliance.add(12)
  await rows.first().getByText('activity').waitFor()
  await rows.first().getByRole('button').click()
  t.match(await page.locator('.detail').innerText(), /m\.okafor.*Frame as sent \d+ bytes/s)

  await page.getByRole('button', { name: 'Send a test event' }).click()
  await page.getByLabel('Wait for the receipt of').selectOption('siem')
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await page.locator('#test-steps').getByText('End').waitFor()
  t.match(await page.locator('#test-steps').innerText(), /Made.*In the spool.*Received: siem/s)
  t.equal(await page.locator('#test-steps [data-level=bad]').count(), 0)
  t.strictSame(complaints, [])

  const file = join(folder, 'cefline.yaml')
  const { destinations, ...rest } = JSON.parse(readFileSync(file, 'utf8'))
  const changed = { siem: destinations.siem, second: { type: 'file', path: './second.cef' } }
  await page.keyboard.press('Escape')
  writeFileSync(file, JSON.stringify({ ...rest, destinations: changed }))
  const names = page.locator('#destinations .card h3')
  await names.getByText('second').waitFor()
  t.strictSame(await names.allInnerTexts(), ['siem', 'second'], 'as the configuration has them now')
  const choices = page.locator('#filter-destination option')
  t.strictSame((await choices.allInnerTexts()).slice(1), ['siem', 'second'])
  await page
    .locator('#destinations .card', { hasText: 'second' })
    .getByText('● connected')
    .waitFor()
  await page.getByText('● All well').waitFor()
  t.strictSame(complaints, [])

  await appliance.stop()
  await page.getByText('The connection to the appliance is lost').waitFor()
})

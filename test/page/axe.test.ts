/** axe-core finds nothing serious or critical in any state and theme. */
import t from 'tap'
import { startBrowser } from '../helpers/browser.ts'
import { busy, empty, failing } from '../helpers/page-states.ts'
import { needs } from '../helpers/peers.ts'
import { startStatusPage } from '../helpers/status-page.ts'

t.test('axe', needs('chromium'), async (t) => {
  const browser = await startBrowser(t)

  for (const [name, state] of Object.entries({ busy, empty, failing })) {
    for (const colorScheme of ['light', 'dark'] as const) {
      t.test(`axe: ${name}, ${colorScheme}`, async (t) => {
        const shown = state()
        // Each row is like the other, and axe-core looks at all of them.
        shown.events.splice(0, shown.events.length - 6)
        shown.rejects.splice(6)
        const server = await startStatusPage(t, shown)
        const { page, complaints, violations } = await browser.open(server.url, { colorScheme })
        await page.getByText('Asking the appliance').waitFor({ state: 'hidden' })
        await page.locator('.plot').first().waitFor()
        if (name !== 'empty') {
          await page.locator('#event-rows button').first().click()
          await page.locator('.plot canvas').first().waitFor()
        }
        for (const summary of await page.locator('summary:visible').all()) await summary.click()
        t.strictSame(await violations(), [])
        if (name === 'busy') {
          await page.locator('#test-open').click()
          t.strictSame(await violations(), [], 'with the dialog')
          return t.strictSame(complaints, [])
        }
        await server.cut()
        await page.getByText('The connection to the appliance is lost').waitFor()
        t.strictSame(
          complaints.filter((complaint) => !complaint.includes('net::ERR')),
          [],
        )
        t.strictSame(await violations(), [], 'and cut off')
      })
    }
  }
})

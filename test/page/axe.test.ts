/**
 * axe-core finds nothing serious or critical in any state and theme. Both themes are looked at in one
 * page, and in the second one the rules about colours: nothing else of the page depends on it.
 */
import t from 'tap'
import { openPage, stopBrowser } from '../helpers/browser.ts'
import { busy, empty, failing } from '../helpers/page-states.ts'
import { needs } from '../helpers/peers.ts'
import { startStatusPage } from '../helpers/status-page.ts'

const ofColours = ['color-contrast', 'link-in-text-block']

t.teardown(stopBrowser)

t.test('axe', needs('chromium'), async (t) => {
  for (const [name, state] of Object.entries({ busy, empty, failing })) {
    t.test(`axe: ${name}`, async (t) => {
      const shown = state()
      // Each row is like the other, and axe-core looks at all of them.
      shown.events.splice(0, shown.events.length - 6)
      shown.rejects.splice(6)
      const server = await startStatusPage(t, shown)
      const { page, complaints, violations } = await openPage(t, server.url)
      const bothThemes = async (what: string) => {
        await page.emulateMedia({ colorScheme: 'light' })
        t.strictSame(await violations(), [], `${what}, light`)
        await page.emulateMedia({ colorScheme: 'dark' })
        t.strictSame(await violations(ofColours), [], `${what}, dark`)
      }
      await page.getByText('Asking the appliance').waitFor({ state: 'hidden' })
      await page.locator('.plot').first().waitFor()
      if (name !== 'empty') {
        await page.locator('#event-rows button').first().click()
        await page.locator('.plot canvas').first().waitFor()
      }
      for (const summary of await page.locator('summary:visible').all()) await summary.click()
      await bothThemes('as it is')
      if (name === 'busy') {
        await page.locator('#test-open').click()
        await bothThemes('with the dialog')
        return t.strictSame(complaints, [])
      }
      await server.cut()
      await page.getByText('The connection to the appliance is lost').waitFor()
      // What is asked while the server closes is answered 503, after that not at all.
      const own = complaints.filter((complaint) => !/net::ERR|status of 503/.test(complaint))
      t.strictSame(own, [])
      await bothThemes('and cut off')
    })
  }
})

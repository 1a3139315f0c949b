/**
 * For everyone: everything is reached by keyboard, a phone shows it without scrolling sideways, and
 * it is as dark and as still as the viewer wants it. What axe-core finds is in `axe.test.ts`.
 */
import t from 'tap'
import { openPage, stopBrowser } from '../helpers/browser.ts'
import { busy, failing, longNames } from '../helpers/page-states.ts'
import { needs } from '../helpers/peers.ts'
import { startStatusPage } from '../helpers/status-page.ts'

t.teardown(stopBrowser)

t.test('access', needs('chromium'), async (t) => {
  t.test('by keyboard: the skip link first, then everything that can be used', async (t) => {
    const server = await startStatusPage(t, failing())
    const { page } = await openPage(t, server.url)
    await page.locator('#reject-more').waitFor()
    const focused = () =>
      page.evaluate<string>(
        `document.activeElement.id || document.activeElement.textContent.trim().slice(0, 20)`,
      )
    await page.keyboard.press('Tab')
    t.equal(await focused(), 'Skip to the content')
    t.equal(
      await page.evaluate('Math.round(document.activeElement.getBoundingClientRect().top) >= 0'),
      true,
      'it is seen when it is reached',
    )
    const reached = new Set<string>()
    for (let press = 0; press < 80; press += 1) {
      await page.keyboard.press('Tab')
      const name = await focused()
      reached.add(name)
      const outline = await page.evaluate<string>(
        `{ const { activeElement: one } = document; const at = one.type === 'radio' ? one.nextElementSibling : one; getComputedStyle(at).outlineStyle + (one === document.body ? 'body' : '') }`,
      )
      t.notMatch(outline, /^none$/, `the focus is seen: ${name}`)
      if (reached.has('reject-more')) break
    }
    for (const id of [
      'test-open',
      'theme',
      'pause',
      'filter-text',
      'filter-source',
      'filter-destination',
      'filter-severity',
      'reject-source',
      'reject-code',
      'reject-more',
    ]) {
      t.ok(reached.has(id), `${id} is reached`)
    }
  })

  t.test('a phone of 360 pixels', async (t) => {
    for (const state of [busy, failing, longNames]) {
      const shown = state()
      // Each row is like the other, and axe-core looks at all of them.
      shown.events.splice(6)
      shown.rejects.splice(6)
      const server = await startStatusPage(t, shown)
      const { page, violations } = await openPage(t, server.url, {
        viewport: { width: 360, height: 740 },
        isMobile: true,
        hasTouch: true,
      })
      await page.locator('#event-rows button').first().tap()
      await page.locator('.plot canvas').first().waitFor()
      t.equal(await page.evaluate('document.documentElement.scrollWidth'), 360)
      for (const table of ['.events', '.rejects']) {
        const wide = `document.querySelector('.scroll:has(${table})')`
        t.equal(await page.evaluate(`${wide}.scrollWidth - ${wide}.clientWidth`), 0, table)
      }
      t.strictSame(await violations(), [])
    }
  })

  t.test('dark and light by the system, and by the switch, which is kept', async (t) => {
    const server = await startStatusPage(t, busy())
    const { page, complaints, until } = await openPage(t, server.url, { colorScheme: 'dark' })
    const ground = () =>
      page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor')
    await page.locator('.legend button').first().waitFor()
    // The plots are drawn anew a moment after the theme has changed.
    const curveIs = (colour: string) =>
      until(
        `document.querySelector('.legend button').style.getPropertyValue('--colour') === '${colour}'`,
      )
    await curveIs('rgb(86, 180, 233)')
    const dark = await ground()
    await page.emulateMedia({ colorScheme: 'light' })
    const light = await ground()
    t.not(dark, light)
    await curveIs('rgb(0, 114, 178)')
    await page.getByRole('button', { name: 'Theme: system' }).click()
    await page.getByRole('button', { name: 'Theme: light' }).click()
    await page.getByRole('button', { name: 'Theme: dark' }).waitFor()
    t.equal(await ground(), dark)
    await page.reload()
    await page.getByRole('button', { name: 'Theme: dark' }).waitFor()
    t.equal(await ground(), dark, 'after it is loaded again')
    t.strictSame(complaints, [])
  })

  t.test('nothing moves for those who want no motion', async (t) => {
    const server = await startStatusPage(t, busy())
    const { page } = await openPage(t, server.url, { reducedMotion: 'reduce' })
    await page.locator('.card').first().waitFor()
    t.equal(await page.evaluate('document.getAnimations().length'), 0)
  })
})

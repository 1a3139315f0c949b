/**
 * `npm run screenshots`: the pictures in docs/images, of the status page and of commands, with a real
 * appliance in a folder that is gone afterwards.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPage, stopBrowser } from './browser.ts'
import { cefline } from './cefline.ts'
import { startPageAppliance } from './page-appliance.ts'
import { root } from './root.ts'
import { terminalPage } from './terminal-shot.ts'

const ends: (() => unknown)[] = []
const t = { teardown: (end: () => unknown) => ends.unshift(end) }
// Its path is in the pictures. One that is there is somebody else's, or left by a run that was killed.
const folder = join(tmpdir(), 'cefline')
mkdirSync(folder)
const images = join(root, 'docs', 'images')
mkdirSync(images, { recursive: true })

const shots = {
  light: { colorScheme: 'light', viewport: { width: 1280, height: 1230 } },
  dark: { colorScheme: 'dark', viewport: { width: 1280, height: 1230 } },
  event: { colorScheme: 'light', viewport: { width: 1280, height: 860 } },
  phone: { colorScheme: 'light', viewport: { width: 390, height: 1300 }, isMobile: true },
} as const

/** Commands by the picture's name. */
const commands = { check: ['check', '--connect'], top: ['top', '--once'] }

/** Two of them can be no event, as their dates are none. */
const alerts = [
  'Who,Action,Object type,What,Where,When,Data source',
  ...['2026-11-20T06:12:09Z', '2026-11-20T06:31:44Z', 'yesterday', '31/31/2026'].map(
    (when) =>
      `ENTERPRISE\\j.tanaka,Added,group,\\local\\enterprise\\Groups\\Domain Admins,dc1.enterprise.example,${when},Active Directory`,
  ),
]

try {
  const appliance = await startPageAppliance(t, folder)
  writeFileSync(join(folder, 'drop', 'alerts-2026-11.csv'), `${alerts.join('\r\n')}\r\n`)
  const timer = setInterval(() => appliance.add(2 + Math.floor(Math.random() * 3)), 450)
  t.teardown(() => clearInterval(timer))
  t.teardown(stopBrowser)
  for (const [name, options] of Object.entries(shots)) {
    const { page } = await openPage(t, appliance.url, {
      ...options,
      httpCredentials: { username: '', password: appliance.token },
    })
    await page.getByText('● All well').waitFor({ timeout: 60_000 })
    await page.getByText('the receiving program read every byte').waitFor({ timeout: 60_000 })
    // Time for rates, which are those of the last ten seconds.
    await page.waitForTimeout(8000)
    if (name === 'event') {
      await page.locator('#event-rows').getByRole('button', { name: 'Added' }).first().click()
      await page.evaluate('document.getElementById("events-heading").scrollIntoView()')
    }
    await page.screenshot({ path: join(images, `status-${name}.png`) })
    await page.close()
  }
  for (const [name, args] of Object.entries(commands)) {
    const env = { FORCE_COLOR: '1', COLUMNS: '130', OWN_EVENTS: 'true' }
    const { stdout } = await cefline(args, { cwd: folder, env })
    const { page } = await openPage(t, 'about:blank', { viewport: { width: 1280, height: 600 } })
    await page.setContent(
      terminalPage(`cefline ${args.join(' ')}`, stdout.replaceAll(`${folder}/`, '')),
    )
    await page.locator('pre').screenshot({ path: join(images, `${name}.png`) })
    await page.close()
  }
} finally {
  for (const end of ends) await end()
  rmSync(folder, { recursive: true, force: true })
}

/** Markup and hidden characters in every text that the page is given. */
import t from 'tap'
import { openPage, stopBrowser } from '../helpers/browser.ts'
import { busy, makeEvent } from '../helpers/page-states.ts'
import { needs } from '../helpers/peers.ts'
import { startStatusPage } from '../helpers/status-page.ts'

t.teardown(stopBrowser)

t.test('untrusted', needs('chromium'), async (t) => {
  t.test('text of others is text, and what is hidden in it is shown', async (t) => {
    const image = '<img src=x onerror=alert(1)>'
    const text = `${image}\u202egnp.exe\u0007\u200b`
    const shown = busy()
    const { overview } = shown
    const cef = `CEF:0|${text}|${text}|${text}|${text}|${text}|5|msg=${text} ${'x'.repeat(10)}`
    shown.events = [
      makeEvent(1, {
        cef,
        queue: text,
        destination: text,
        frame: Buffer.from(`<13>${cef}\n\0`).toString('base64'),
      }),
    ]
    overview.configuration = text
    overview.version = text
    overview.spool.folder = text
    overview.spool.problem = text
    overview.others = [{ name: text, ledger: overview.sources[0]!.ledger, lines: 1 }]
    for (const part of [...overview.sources, ...overview.destinations]) {
      Object.assign(part, { name: part.name + text, type: text, where: text })
      Object.assign(part, { state: 'parked', problem: text, detail: text })
    }
    for (const one of overview.destinations) {
      one.ledger[0]!.queue = text
      one.certificates = one.certificates.map((each) => ({ ...each, subject: text, issuer: text }))
    }
    overview.spool.rejects = 1
    overview.rejectsByCode = { [text]: 1 }
    shown.rejects = [
      { number: 1, at: Date.now(), source: text, code: text, reason: text, origin: text, row: 1 },
    ]
    shown.history.sources = { [text]: shown.history.sources['activity']! }
    shown.history.destinations = { [text]: shown.history.destinations['siem']! }
    shown.steps = [{ step: 'end', ok: false, detail: text, destination: text, milliseconds: 1 }]
    const server = await startStatusPage(t, shown, 'secret')
    const { page, complaints } = await openPage(t, server.url, {
      httpCredentials: { username: '', password: 'secret' },
    })
    await page.locator('#event-rows button').first().click()
    for (const summary of await page.locator('summary').all()) await summary.click()
    await page.locator('#test-open').click()
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await page.locator('#test-steps li').waitFor()
    t.equal(await page.locator('img').count(), 1, 'the icon alone is an image')
    t.match(await page.locator('.detail pre').innerText(), /gnp\.exeU\+0007U\+200B.*\\0$/s)
    const raw = await page.evaluate<boolean>(
      `/[\\u202e\\u0007\\u200b]/.test(document.body.innerText + document.title + [...document.querySelectorAll('[title],[aria-label]')].map((one) => one.title + one.ariaLabel).join(''))`,
    )
    t.notOk(raw, 'nothing hidden is left')
    t.strictSame(complaints, [])
  })
})

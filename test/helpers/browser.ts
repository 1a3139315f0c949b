/**
 * Debian's Chromium, driven by playwright-core: a profile of its own each time, and everything that
 * a page complains of is kept. A page of the status server must complain of nothing.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { eventually } from './daemon.ts'
import { findProgram } from './peers.ts'

export interface OpenPage {
  page: Page
  /** Errors of the console, of scripts, and of the content security policy. */
  complaints: string[]
  /** Resolves when the page's script makes something true of the expression. */
  until(expression: string): Promise<void>
  /** Rules of axe-core that the page breaks seriously or critically, with the elements; of all rules,
   * or of these only. */
  violations(rules?: readonly string[]): Promise<string[]>
}

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** One for all tests of this process, as its start costs more than most of them. */
let browser: Promise<Browser> | undefined

/** Opens it in a profile of its own, which is closed with the test: a page that nobody looks at any
 * more would go on asking. */
export async function openPage(
  t: { teardown(end: () => unknown): void },
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  browser ??= chromium.launch({
    executablePath: findProgram('chromium') ?? '',
    headless: true,
    args,
  })
  const started = await browser
  const context = await started.newContext({
    viewport: { width: 1400, height: 1000 },
    timezoneId: 'Europe/Zurich',
    locale: 'en-GB',
    ...options,
  })
  t.teardown(() => context.close())
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (thrown) => complaints.push(String(thrown)))
  await page.goto(url)
  return {
    page,
    complaints,
    violations: (rules) => violationsOf(page, rules),
    // `waitForFunction` of playwright wants `eval`, which the page's policy forbids.
    until: async (expression) => {
      await eventually(
        async () => (await page.evaluate<boolean>(expression)) || undefined,
        `it never came to ${expression}`,
      )
    },
  }
}

/** For the end of the process, which the browser keeps from ending. Safe before use, safe twice. */
export async function stopBrowser(): Promise<void> {
  await (await browser)?.close()
  browser = undefined
}

interface AxeResult {
  violations: {
    id: string
    impact: string | null
    nodes: { html: string; failureSummary?: string }[]
  }[]
}

async function violationsOf(page: Page, rules?: readonly string[]): Promise<string[]> {
  if (!(await page.evaluate<boolean>('"axe" in window'))) {
    await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8'))
  }
  const options = JSON.stringify({ resultTypes: ['violations'], ...(rules && { runOnly: rules }) })
  const { violations } = await page.evaluate<AxeResult>(`axe.run(document, ${options})`)
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`),
    )
}

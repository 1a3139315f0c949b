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

export interface OpenBrowser {
  open(url: string, options?: BrowserContextOptions): Promise<OpenPage>
  close(): Promise<void>
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

/** Ended with the test. */
export async function startBrowser(t: {
  teardown(end: () => unknown): void
}): Promise<OpenBrowser> {
  const browser = await chromium.launch({
    executablePath: findProgram('chromium') ?? '',
    headless: true,
    args,
  })
  t.teardown(() => browser.close())
  return {
    open: (url, options = {}) => openPage(browser, url, options),
    close: () => browser.close(),
  }
}

async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions,
): Promise<OpenPage> {
  const context = await browser.newContext({
    viewport: { width: 1400, height: 1000 },
    timezoneId: 'Europe/Zurich',
    locale: 'en-GB',
    ...options,
  })
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

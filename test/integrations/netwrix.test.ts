/**
 * The programs for the Auditor Server: that their text is what Windows needs, that the README has what
 * they do, and that the curl command line that they make works. They themselves run on Windows only.
 */
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { findSelfSigned } from '../../src/io/self-signed.ts'
import { needs } from '../helpers/peers.ts'
import { root } from '../helpers/root.ts'
import { header, row, token, usual, World } from '../netwrix/push-world.ts'

const folder = join(root, 'integrations', 'netwrix')
const scripts = readdirSync(folder).filter((name) => /\.(?:cmd|ps1)$/.test(name))
const textOf = (name: string) => readFileSync(join(folder, name), 'latin1')
const readme = textOf('README.md')
/** A share is not to be had here, so only the way to it is read. */
const programs = scripts.filter((name) => name.endsWith('.cmd'))

t.test('text as Windows reads it', async (t) => {
  t.strictSame(scripts, ['drop-to-share.cmd', 'send-by-http.cmd', 'send-by-http.ps1'])
  for (const name of scripts) {
    const text = textOf(name)
    t.notMatch(text, /[^\x09\x0a\x0d\x20-\x7e]/, `${name} is ASCII`)
    t.notMatch(text, /[^\r]\n|\r[^\n]/, `${name} has CRLF everywhere`)
    t.ok(text.endsWith('\r\n'), name)
  }
  const attributes = readFileSync(join(root, '.gitattributes'), 'utf8')
  for (const ending of ['cmd', 'ps1']) t.match(attributes, `*.${ending} text eol=crlf`)
})

for (const name of programs) {
  t.test(`${name}: every way out has its code, and the README has it`, async (t) => {
    const lines = textOf(name).split('\r\n')
    const labels = new Set(lines.filter((line) => /^:\w/.test(line)).map((line) => line.slice(1)))
    for (const line of lines) {
      const [, label] = /\bgoto (\w+)/.exec(line) ?? []
      if (label !== undefined) t.ok(labels.has(label), `goto ${label}`)
      // Blanks and parentheses of a path end a block.
      t.notMatch(line, /^\s*(?:if|for)\b.*\(\s*$/, 'no blocks')
    }
    for (const [index, line] of lines.entries()) {
      const [, code = ''] = /^call :say (\d+) /.exec(line) ?? []
      if (code === '') continue
      t.equal(lines[index + 1], `exit /b ${code}`)
      t.ok(readme.includes(`\n| ${code} |`), `the README has ${code}`)
    }
    t.match(textOf(name), 'set "FILE=%*"', 'the path is all of the arguments')
  })
}

t.test('PowerShell: full names, TLS 1.2, and nothing that takes any certificate', async (t) => {
  const text = textOf('send-by-http.ps1')
  t.match(text, '[System.Net.SecurityProtocolType]::Tls12')
  t.notMatch(text, /\b(?:iwr|irm|curl|wget|gc|iex|echo|cat)\b\s+[-$'"]/, 'no aliases')
  t.notMatch(text, /\{\s*\$true\s*\}|return true/)
  const [head = '', source = '', rest = ''] = text.split(/@'\r\n|\r\n'@/)
  for (const part of [head + rest, source]) {
    for (const [open, close] of ['()', '{}', '[]'].map((pair) => pair.split(''))) {
      const bare = part.replace(/'[^'\r\n]*'|#.*/g, '')
      t.equal(bare.split(open!).length, bare.split(close!).length, `${open} and ${close}`)
    }
  }
})

interface Ran {
  code: number
  errors: string
}

/** Runs the line that starts with curl in the .cmd, with its variables. */
async function curl(variables: Record<string, string>): Promise<Ran> {
  const line = textOf('send-by-http.cmd')
    .split('\r\n')
    .find((each) => each.includes('--data-binary'))
  const filled = (line ?? '').replace(/%(\w+)%/g, (_whole, name: string) => variables[name] ?? '')
  const words = filled.match(/(?:"[^"]*"|[^\s"])+/g)?.map((word) => word.replaceAll('"', '')) ?? []
  const [, ...args] = words.map((word) => (word === 'NUL' ? '/dev/null' : word))
  return new Promise((resolve) => {
    execFile('curl', args, (failure, _output, errors) => {
      resolve({ code: failure ? Number(failure.code) : 0, errors })
    })
  })
}

t.test('the curl command line', needs('curl'), async (t) => {
  const own = t.testdir({
    push: {},
    'in dir (x86)': { 'an alert.csv': header + row('ann') + row('bob') },
    'authorization.txt': `Authorization: Bearer ${token}\r\n`,
    'wrong.txt': 'Authorization: Bearer another-token-of-tests\r\n',
    'large.csv': header + Array.from({ length: 60_000 }, (_, index) => row(`u${index}`)).join(''),
    'none.csv': 'Colour\nred\n',
  })
  const tls = { ...usual.tls, selfMade: true }
  const world = await World.start(join(own, 'push'), { tls, maxBody: 64e6 })
  t.teardown(() => world.stop())
  const made = await findSelfSigned(join(own, 'push'))
  t.ok(world.notices[0]?.message.includes(made?.fingerprint ?? 'none'), 'the notice has it')
  const usualVariables = {
    CEFLINE_CURL: 'curl',
    TRUST: `--ssl-revoke-best-effort --cacert "${made?.path}"`,
    CEFLINE_HEADER: join(own, 'authorization.txt'),
    CEFLINE_URL: `https://127.0.0.1:${world.port}/v1/alerts`,
    FILE: join(own, 'in dir (x86)', 'an alert.csv'),
  }
  const run = async (variables: Partial<typeof usualVariables> = {}) =>
    curl({ ...usualVariables, ...variables })
  t.match(await run(), { code: 0, errors: '' })
  t.strictSame(world.who, ['ann', 'bob'])
  t.match(await run(), { code: 0 }, 'again')
  t.strictSame(world.who, ['ann', 'bob'])
  t.match(await run({ TRUST: '--ssl-no-revoke' }), { code: 60 }, 'without the certificate')
  t.match(await run({ CEFLINE_HEADER: join(own, 'wrong.txt') }), { code: 22, errors: /401/ })
  t.match(await run({ FILE: join(own, 'none.csv') }), { code: 22, errors: /422/ })
  t.match(await run({ FILE: join(own, 'large.csv') }), { code: 0 }, 'with Expect: 100-continue')
  t.equal(world.who.length, 60_002)
  t.strictSame(readdirSync(join(own, 'push', 'incoming')), [])
  writeFileSync(join(own, 'empty.csv'), '')
  t.match(await run({ FILE: join(own, 'empty.csv') }), { code: 22, errors: /400/ })
  await world.stop()
  t.match(await run(), { code: 7 }, 'nobody listens')
  const elsewhere = createServer((request, response) => {
    request.resume().once('end', () => response.writeHead(301, { location: '/v1/alerts' }).end())
  })
  await new Promise<void>((done) => elsewhere.listen(0, '127.0.0.1', done))
  t.teardown(() => elsewhere.close())
  const { port } = elsewhere.address() as AddressInfo
  const redirected = { CEFLINE_URL: `http://127.0.0.1:${port}/v1/alerts` }
  t.match(await run(redirected), { code: 47 }, 'a redirection is no success')
})

import t from 'tap'
import { isExempt, proxyFor } from '../../src/http/proxy.ts'

const https = new URL('https://auditor.example.com:9699/netwrix/api/v1/')
const http = new URL('http://auditor.example.com:9699/')
const place = 'sources.activity'

t.test('the option', async (t) => {
  const proxy = proxyFor(https, 'http://user:p%40ss@proxy.example:3128', place, {})
  t.equal(proxy?.url.href, 'http://proxy.example:3128/', 'without the password')
  t.equal(proxy?.authorization, `Basic ${Buffer.from('user:p@ss').toString('base64')}`)
  t.equal(proxy?.from, 'sources.activity.proxy')
  const bare = proxyFor(https, 'proxy.example:3128', place, { NO_PROXY: '*' })
  t.match(bare, { url: { href: 'http://proxy.example:3128/' }, authorization: undefined })
  for (const wrong of [
    'socks5://a:1080',
    'http://',
    'http://a/path',
    'http://u:p%zz@a',
    'http:// ',
  ]) {
    t.throws(
      () => proxyFor(https, wrong, place, {}),
      { code: 'config', message: /sources\.activity\.proxy/ },
      wrong,
    )
  }
  const secret = () => proxyFor(https, 'ftp://user:secret@a', place, {})
  t.throws(secret, { message: /“ftp:\/\/\*\*\*\*@a”/ }, 'the password is not shown')
})

t.test('the environment', async (t) => {
  const from = (environment: Record<string, string>, url = https, option: string | null = null) =>
    proxyFor(url, option, place, environment)?.url.host
  t.equal(from({}), undefined)
  t.equal(from({ HTTPS_PROXY: 'http://a:1' }), 'a:1')
  t.equal(from({ HTTPS_PROXY: 'http://a:1', https_proxy: 'http://b:2' }), 'b:2')
  t.equal(from({ HTTPS_PROXY: '' }), undefined)
  t.equal(from({ HTTPS_PROXY: 'http://a:1' }, http), undefined)
  t.equal(from({ HTTP_PROXY: 'http://a:1' }, http), 'a:1')
  t.equal(from({ HTTPS_PROXY: 'http://a:1', NO_PROXY: 'example.com' }), undefined)
  t.equal(from({ HTTPS_PROXY: 'http://a:1', no_proxy: '', NO_PROXY: 'example.com' }), undefined)
  t.equal(from({ HTTPS_PROXY: 'http://a:1', no_proxy: 'other.org' }), 'a:1')
  t.equal(from({ HTTPS_PROXY: 'http://a:1' }, https, 'none'), undefined)
  t.equal(from({ HTTPS_PROXY: 'http://a:1' }, https, 'http://b:2'), 'b:2')
  t.throws(() => from({ HTTPS_PROXY: 'nonsense://' }), {
    code: 'config',
    message: /^HTTPS_PROXY is/,
  })
})

t.test('NO_PROXY', async (t) => {
  const table: [exempt: string, is: boolean][] = [
    ['', false],
    ['*', true],
    ['auditor.example.com', true],
    ['AUDITOR.example.com', true],
    ['example.com', true],
    ['.example.com', true],
    ['*.example.com', true],
    ['ample.com', false],
    ['auditor', false],
    ['other.org, .example.com', true],
    ['other.org example.com', true],
    ['auditor.example.com:9699', true],
    ['auditor.example.com:443', false],
    ['.', false],
  ]
  for (const [exempt, is] of table) t.equal(isExempt(https, exempt), is, exempt)
  t.ok(isExempt(new URL('https://10.0.0.7:9699'), 'localhost,10.0.0.7'))
  const networks: [host: string, exempt: string, is: boolean][] = [
    ['10.0.0.7', '192.168.0.0/16 10.0.0.0/8', true],
    ['10.0.0.7', '10.0.0.7/32', true],
    ['10.0.0.7', '10.0.0.8/32', false],
    ['10.0.0.7', '0.0.0.0/0', true],
    ['10.0.0.7', '10.0.0.0/33', false],
    ['10.0.0.7', '10.0.0/8', false],
    ['10.0.0.7', '::/0', false],
    ['[fd00::7]', 'fd00::/8', true],
    ['[fd00::7]', '[fd00::]/8', true],
    ['[fe80::7]', 'fd00::/8', false],
    ['auditor.example.com', '0.0.0.0/0', false],
  ]
  for (const [host, exempt, is] of networks) {
    t.equal(isExempt(new URL(`https://${host}:9699`), exempt), is, `${host} ${exempt}`)
  }
  t.ok(isExempt(new URL('https://[::1]:9699'), '::1'))
  t.ok(isExempt(new URL('https://[::1]:9699'), '[::1]:9699'))
})

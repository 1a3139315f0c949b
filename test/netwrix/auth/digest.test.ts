import { createHash } from 'node:crypto'
import t from 'tap'
import { readChallenges } from '../../../src/netwrix/auth/challenges.ts'
import { Digest, strongestDigest } from '../../../src/netwrix/auth/digest.ts'

/** RFC 7616 section 3.9.1. */
const account = { username: 'Mufasa', password: 'Circle of Life' }
const leg = { method: 'GET', path: '/dir/index.html', certificate: undefined }
const cnonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ'
const offer = (algorithm: string, more = '') =>
  `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, ` +
  `nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", ` +
  `opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"${more}`

t.test('known answers', async (t) => {
  for (const [algorithm, response] of [
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ] as const) {
    const digest = new Digest(account, () => cnonce)
    digest.begin()
    const made = await digest.answer(readChallenges(offer(algorithm))[0], leg)
    const { authorization = '', last } = made ?? {}
    t.equal(last, true)
    const [{ scheme, parameters } = { scheme: '', parameters: {} }] = readChallenges(authorization)
    t.equal(scheme, 'digest')
    t.match(parameters, {
      username: 'Mufasa',
      realm: 'http-auth@example.org',
      uri: '/dir/index.html',
      algorithm,
      nc: '00000001',
      cnonce,
      qop: 'auth',
      response,
      opaque: 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS',
    })
  }
})

t.test('the nonce count, a stale nonce, a refusal', async (t) => {
  const digest = new Digest(account)
  const [challenge] = readChallenges(offer('SHA-256'))
  const [stale] = readChallenges(offer('SHA-256', ', stale=TRUE'))
  const next = async (given = challenge) => (await digest.answer(given, leg))?.authorization
  digest.begin()
  t.match(await next(), /nc=00000001/)
  t.equal(await next(), undefined, 'the password is not tried twice')
  digest.begin()
  t.match((await digest.answer(undefined, leg))?.authorization, /nc=00000002/, 'the same nonce')
  t.match(await next(stale), /nc=00000001/, 'another nonce')
  t.equal(await next(stale), undefined, 'but not for ever')
  t.equal(await new Digest(account).answer(undefined, leg), undefined, 'no challenge, no answer')
})

t.test('a nonce of before that the server has forgotten and does not call stale', async (t) => {
  const [challenge] = readChallenges(offer('MD5'))
  const [other] = readChallenges(offer('MD5').replace('7ypf', 'anew'))
  for (const [again, isTried] of [
    [other, true],
    [challenge, false],
  ] as const) {
    const digest = new Digest(account)
    digest.begin()
    await digest.answer(challenge, leg)
    t.equal(await digest.answer(other, leg), undefined, 'the password on a fresh nonce: refused')
    digest.begin()
    await digest.answer(undefined, leg)
    const made = await digest.answer(again, leg)
    t.equal(made !== undefined, isTried)
    t.equal(await digest.answer(challenge, leg), undefined, 'and no more')
  }
})

t.test('a session’s key holds for all requests under its nonce, as Windows keeps it', async (t) => {
  const nonces = ['one', 'two']
  const digest = new Digest(account, () => nonces.shift() ?? '')
  const [challenge] = readChallenges(offer('MD5-sess'))
  const said = async (given = challenge) => {
    digest.begin()
    const made = await digest.answer(given, leg)
    return readChallenges(made?.authorization)[0]?.parameters ?? {}
  }
  const md5 = (text: string) => createHash('md5').update(text).digest('hex')
  const nonce = challenge?.parameters['nonce'] ?? ''
  const plain = md5('Mufasa:http-auth@example.org:Circle of Life')
  const session = md5(`${plain}:${nonce}:one`)
  for (const count of ['00000001', '00000002']) {
    digest.begin()
    const made = await digest.answer(count === '00000001' ? challenge : undefined, leg)
    const { nc, cnonce, response } = readChallenges(made?.authorization)[0]?.parameters ?? {}
    const request = md5('GET:/dir/index.html')
    t.equal(nc, count)
    t.equal(response, md5(`${session}:${nonce}:${count}:${cnonce}:auth:${request}`))
  }
  t.match(await said(), { cnonce: 'two' }, 'another challenge, another session')
})

t.test('names and paths', async (t) => {
  const [challenge] = readChallenges('Digest realm="a\\"b", nonce="n"')
  const header = async (username: string) => {
    const digest = new Digest({ username, password: 'p' })
    return (await digest.answer(challenge, { ...leg, path: '/a?b=1' }))?.authorization ?? ''
  }
  t.match(await header('ENTERPRISE\\siem'), 'username="ENTERPRISE\\\\siem", realm="a\\"b"')
  t.match(await header("jörg'"), "username*=UTF-8''j%C3%B6rg%27")
  t.notMatch(await header('u'), /qop|nc=|cnonce/, 'as RFC 2069 had it')
})

t.test('the strongest that can be answered', async (t) => {
  const pick = (...offers: string[]) => strongestDigest(readChallenges(offers.join(', ')))
  const algorithm = (...offers: string[]) => pick(...offers)?.parameters['algorithm']
  t.equal(algorithm(offer('MD5'), offer('SHA-256')), 'SHA-256')
  t.equal(algorithm(offer('md5-sess'), offer('MD5')), 'MD5')
  t.equal(algorithm(offer('SHA-512-256'), offer('MD5')), 'MD5')
  t.equal(pick(offer('SHA-512-256')), undefined)
  t.equal(pick('Digest nonce="n", qop="auth-int"'), undefined)
  t.equal(pick('Digest realm="n"'), undefined)
  t.equal(pick('NTLM', 'Basic realm="x"'), undefined)
})

import t from 'tap'
import { namesOf, readChallenges } from '../../../src/netwrix/auth/challenges.ts'

t.test('headers', async (t) => {
  const table: [header: string | undefined, challenges: unknown[]][] = [
    [undefined, []],
    ['', []],
    ['Basic', [{ scheme: 'basic', token: undefined, parameters: {} }]],
    ['NEGOTIATE, ntlm', [{ scheme: 'negotiate' }, { scheme: 'ntlm' }]],
    ['Negotiate,NTLM,,Basic realm="x"', [{}, {}, { scheme: 'basic', parameters: { realm: 'x' } }]],
    ['NTLM TlRMTVNTUAACAAAA==', [{ scheme: 'ntlm', token: 'TlRMTVNTUAACAAAA==' }]],
    ['NTLM TlRM, Basic realm=x', [{ token: 'TlRM' }, { scheme: 'basic' }]],
    ['Negotiate abc=', [{ scheme: 'negotiate', token: 'abc=' }]],
    [
      'Digest realm="a, \\"b\\" NTLM", Nonce="n=", qop="auth,auth-int", STALE = True, NTLM',
      [
        {
          scheme: 'digest',
          parameters: { realm: 'a, "b" NTLM', nonce: 'n=', qop: 'auth,auth-int', stale: 'True' },
        },
        { scheme: 'ntlm' },
      ],
    ],
    ['Basic realm="", Digest nonce=""', [{ parameters: { realm: '' } }, { scheme: 'digest' }]],
    ['Basic realm="open', [{ scheme: 'basic' }]],
    ['"nonsense"', []],
  ]
  for (const [header, challenges] of table) {
    const read = readChallenges(header)
    t.equal(read.length, challenges.length, header ?? 'none')
    t.match(read, challenges, header ?? 'none')
  }
})

t.test('names', async (t) => {
  const challenges = readChallenges('negotiate, NTLM, DIGEST nonce=a, Digest nonce=b, x-Own')
  t.same(namesOf(challenges), ['Negotiate', 'NTLM', 'Digest', 'X-own'])
})

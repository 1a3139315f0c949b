import t from 'tap'
import { kerberosPrincipal, ntlmNames } from '../../../src/netwrix/auth/account.ts'

t.test('the three ways to write an account', async (t) => {
  const table: [written: string, user: string, domain: string, principal: string][] = [
    ['ENTERPRISE\\siem', 'siem', 'ENTERPRISE', 'siem'],
    ['enterprise.local\\siem', 'siem', 'enterprise.local', 'siem@ENTERPRISE.LOCAL'],
    ['siem@enterprise.local', 'siem@enterprise.local', '', 'siem@ENTERPRISE.LOCAL'],
    ['siem', 'siem', '', 'siem'],
  ]
  for (const [written, user, domain, principal] of table) {
    t.same(ntlmNames(written), { user, domain }, written)
    t.equal(kerberosPrincipal(written), principal, written)
  }
})

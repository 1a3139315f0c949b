/**
 * The account as each scheme wants it, from the three ways in which it is written: `DOMAIN\user`,
 * `user@domain`, and plain.
 */

export interface Account {
  username: string
  /** Undefined where a Kerberos ticket stands for it. */
  password: string | undefined
}

/** For NTLM: a user principal name goes whole and without a domain (MS-NLMP section 3.3.2, UPN). */
export function ntlmNames(username: string): { user: string; domain: string } {
  const cut = username.indexOf('\\')
  if (cut === -1) return { user: username, domain: '' }
  return { user: username.slice(cut + 1), domain: username.slice(0, cut) }
}

/**
 * For Kerberos. A realm is written in capitals by convention, and Active Directory's always is. A
 * short domain (`ENTERPRISE\siem`) is no realm: the user is then of the default realm of krb5.conf.
 */
export function kerberosPrincipal(username: string): string {
  const { user, domain } = ntlmNames(username)
  if (domain.includes('.')) return `${user}@${domain.toUpperCase()}`
  const cut = user.lastIndexOf('@')
  return cut === -1 ? user : `${user.slice(0, cut)}@${user.slice(cut + 1).toUpperCase()}`
}

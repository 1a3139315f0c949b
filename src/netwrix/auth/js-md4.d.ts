/** The part of js-md4 that is used: MD4 is no hash of OpenSSL 3 any more, and NTLM begins with it. */
declare module 'js-md4' {
  const md4: { arrayBuffer(message: Uint8Array): ArrayBuffer }
  export = md4
}

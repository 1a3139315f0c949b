import { createHmac } from 'node:crypto'
import t from 'tap'
import {
  authenticateMessage,
  lmV2Response,
  negotiateMessage,
  ntlmV2Response,
  ntowfV2,
  readChallengeMessage,
} from '../../../src/netwrix/auth/ntlm-messages.ts'

/** MS-NLMP section 4.2.1 and 4.2.4: the known answers for NTLMv2. */
const serverChallenge = Buffer.from('0123456789abcdef', 'hex')
const clientChallenge = Buffer.alloc(8, 0xaa)
const targetInfo = Buffer.from(
  '02000c0044006f006d00610069006e0001000c005300650072007600650072000000' + '0000',
  'hex',
)
const challengeMessage = Buffer.from(
  '4e544c4d53535000020000000c000c003800000033828ae20123456789abcdef' +
    '000000000000000024002400440000000600701700' +
    '00000f530065007200760065007200' +
    targetInfo.toString('hex'),
  'hex',
)

t.test('known answers', async (t) => {
  const key = ntowfV2('User', 'Domain', 'Password')
  t.equal(key.toString('hex'), '0c868a403bfd7a93a3001ef22ef02e3f')
  const lm = lmV2Response(key, serverChallenge, clientChallenge)
  t.equal(lm.toString('hex'), '86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa')
  const { response, sessionKey } = ntlmV2Response(
    key,
    serverChallenge,
    clientChallenge,
    Buffer.alloc(8),
    targetInfo,
  )
  t.equal(response.toString('hex', 0, 16), '68cd0ab851e51c96aabc927bebef6a1c')
  t.equal(sessionKey.toString('hex'), '8de40ccadbc14a82f15cb0ad0de95ca3')
})

t.test('a name is put into capitals as Windows does it: unit by unit', async (t) => {
  const key = (name: string) => ntowfV2(name, 'Domain', 'Password').toString('hex')
  t.equal(key('jörg.groß'), key('JÖRG.GROß'))
  t.not(key('groß'), key('GROSS'), 'two letters would be another account')
})

t.test('the challenge message of the specification', async (t) => {
  const read = readChallengeMessage(challengeMessage)
  t.equal(read?.flags, 0xe28a8233)
  t.same(read?.challenge, serverChallenge)
  t.same(read?.targetInfo, targetInfo)
})

const proof = {
  user: 'User',
  domain: 'Domain',
  password: 'Password',
  negotiate: negotiateMessage(),
  challenge: challengeMessage,
  target: 'HTTP/auditor.example.com',
  channelBinding: Buffer.alloc(16, 0xcb),
  clientChallenge,
  now: Date.UTC(2026, 0, 1),
}

const fieldOf = (message: Buffer, at: number) => {
  const offset = message.readUInt32LE(at + 4)
  return message.subarray(offset, offset + message.readUInt16LE(at))
}

t.test('the last message', async (t) => {
  const message = authenticateMessage(proof) ?? Buffer.alloc(0)
  t.equal(fieldOf(message, 28).toString('utf16le'), 'Domain')
  t.equal(fieldOf(message, 36).toString('utf16le'), 'User')
  t.same(
    fieldOf(message, 12),
    lmV2Response(ntowfV2('User', 'Domain', 'Password'), serverChallenge, clientChallenge),
  )
  const response = fieldOf(message, 20)
  t.ok(response.includes(Buffer.from('0a001000' + 'cb'.repeat(16), 'hex')), 'channel binding')
  t.ok(response.includes(Buffer.from('HTTP/auditor.example.com', 'utf16le')), 'target')
  t.same(message.subarray(72, 88), Buffer.alloc(16), 'no MIC for a server without a time')
  // 2026-01-01 as FILETIME.
  t.equal(response.readBigUInt64LE(24), 134_116_992_000_000_000n)
})

t.test('a server that gives its time gets a MIC', async (t) => {
  const time = '0700080000112233445566' + '77'
  const info = Buffer.concat([Buffer.from(time, 'hex'), targetInfo])
  const challenge = Buffer.concat([challengeMessage.subarray(0, 68), info])
  challenge.writeUInt16LE(info.length, 40)
  const message = authenticateMessage({ ...proof, challenge }) ?? Buffer.alloc(0)
  const response = fieldOf(message, 20)
  t.equal(response.toString('hex', 24, 32), '0011223344556677', 'the server’s time')
  t.ok(response.includes(Buffer.from('0600040002000000', 'hex')), 'the flag that says so')
  t.same(fieldOf(message, 12), Buffer.alloc(24), 'and no LMv2 response')
  const key = ntowfV2('User', 'Domain', 'Password')
  const session = createHmac('md5', key).update(response.subarray(0, 16)).digest()
  const bare = Buffer.from(message)
  bare.fill(0, 72, 88)
  const mic = createHmac('md5', session).update(proof.negotiate).update(challenge).update(bare)
  t.same(message.subarray(72, 88), mic.digest())
})

t.test('what is no challenge of NTLMv2', async (t) => {
  const old = Buffer.from(challengeMessage)
  old.writeUInt16LE(0, 40)
  const beyond = Buffer.from(challengeMessage)
  beyond.writeUInt32LE(1e9, 44)
  for (const challenge of [
    Buffer.alloc(0),
    Buffer.alloc(60),
    negotiateMessage(),
    old,
    beyond,
    challengeMessage.subarray(0, 80),
  ]) {
    t.equal(authenticateMessage({ ...proof, challenge }), undefined)
  }
  const oddFlags = Buffer.concat([
    challengeMessage.subarray(0, 68),
    Buffer.from('0600020001000700080000000000000000000000' + '0000', 'hex'),
  ])
  oddFlags.writeUInt16LE(22, 40)
  t.ok(authenticateMessage({ ...proof, challenge: oddFlags }), 'flags of an odd length')
})

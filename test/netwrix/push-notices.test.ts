import t from 'tap'
import { later, refusal } from '../../src/netwrix/push-answer.ts'
import { PushNotices } from '../../src/netwrix/push-notices.ts'

t.test('one a minute of each kind, with the number of the others', async (t) => {
  const notices = new PushNotices()
  const token = refusal(401, 'token', 'the token is missing')
  t.equal(notices.refused(token, '10.0.0.1', 0), true)
  for (let count = 0; count < 5; count += 1) notices.refused(token, '10.0.0.2', 1000)
  t.equal(notices.refused(refusal(413, 'too-large', 'it is large'), '10.0.0.3', 1000), true)
  t.equal(notices.refused(token, '10.0.0.4', 60_000), true)
  t.strictSame(
    notices.take().map(({ message }) => message),
    [
      'a request from 10.0.0.1 was answered 401 token: the token is missing',
      'a request from 10.0.0.3 was answered 413 too-large: it is large',
      'a request from 10.0.0.4 (and 5 others before it) was answered 401 token: the token is missing',
    ],
  )
  t.strictSame(notices.take(), [])
})

t.test('a bounded number while nobody takes them, and those after it are counted', async (t) => {
  const notices = new PushNotices()
  const token = refusal(401, 'token', 'the token is missing')
  for (let minute = 0; minute < 1000; minute += 1) notices.refused(token, 'a', minute * 60_000)
  t.equal(notices.take().length, 50)
  t.equal(notices.refused(token, 'b', 1000 * 60_000), true)
  t.match(notices.take(), [{ message: /^a request from b \(and 950 others before it\)/ }])
})

t.test('a full spool and a stop are said by others', async (t) => {
  const notices = new PushNotices()
  t.equal(notices.refused(later('full', 'it is full'), 'a', 0), false)
  t.equal(notices.refused(later('stopping', 'it stops'), 'a', 0), false)
  t.equal(notices.refused(later('failed', 'no disk'), 'a', 0), true)
})

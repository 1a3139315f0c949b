import t from 'tap'
import { readNotification } from '../../src/s3/notification.ts'
import { notificationOf } from '../helpers/sqs.ts'

const made = (bucket: string, key: string) => JSON.stringify(notificationOf(bucket, key))

t.test('every form of a notification', async (t) => {
  const key = 'siem/ä b+c=&%/x.cef'
  const expected = [{ bucket: 'b', key, etag: '0' }]
  t.same(readNotification(made('b', key)), expected, 'straight')
  const sns = { Type: 'Notification', TopicArn: 'arn', Message: made('b', key) }
  t.same(readNotification(JSON.stringify(sns)), expected, 'through SNS')
  const bridge = {
    source: 'aws.s3',
    'detail-type': 'Object Created',
    detail: { bucket: { name: 'b' }, object: { key, size: 5, etag: '0' } },
  }
  t.same(readNotification(JSON.stringify(bridge)), expected, 'by EventBridge, where keys are plain')
  const twice = { ...sns, Message: JSON.stringify(bridge) }
  t.same(readNotification(JSON.stringify(twice)), expected, 'EventBridge through SNS')
})

t.test('one that tells no version', async (t) => {
  const notification = made('b', 'k').replace('"eTag":"0"', '"sequencer":"1"')
  t.same(readNotification(notification), [{ bucket: 'b', key: 'k', etag: '' }])
})

t.test('keys that are odd stay as they are', async (t) => {
  for (const key of [
    'siem/line\nfeed',
    'siem/../up',
    '../../etc/passwd',
    '100%',
    'a+b',
    '\u{1f600}',
    '/',
  ]) {
    t.same(readNotification(made('b', key)), [{ bucket: 'b', key, etag: '0' }])
  }
})

t.test('what tells of no object that was made', async (t) => {
  const nothing = [
    { Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'b' },
    notificationOf('b', 'k', 'ObjectRemoved:Delete'),
    { source: 'aws.s3', 'detail-type': 'Object Deleted', detail: {} },
    { Records: [] },
  ]
  for (const each of nothing) t.same(readNotification(JSON.stringify(each)), [])
})

t.test('what is none', async (t) => {
  const table: [string, string][] = [
    ['', 'is no JSON'],
    ['{', 'is no JSON'],
    ['[]', 'is no notification of S3'],
    ['null', 'is no notification of S3'],
    ['{"Records":[{"eventName":"x"}]}', 'has a record that is not of S3'],
    ['{"Records":[{"eventName":"ObjectCreated:Put","s3":{}}]}', 'names no bucket and key'],
    [made('b', 'k').replace('"k"', '"%zz"'), 'has a key that is not encoded as S3 does'],
    ['{"source":"aws.s3","detail-type":"Object Created","detail":{}}', 'names no bucket and key'],
  ]
  for (const [body, why] of table) t.equal(readNotification(body), why, body)
})

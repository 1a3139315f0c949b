/**
 * What a message of a queue says of objects: notifications of S3 events, straight, through SNS, or as
 * EventBridge sends them. Sources: Amazon S3 user guide, "Event message structure" (keys are encoded as in a
 * query) and "EventBridge event message structure" (keys are plain); SNS, "HTTP/HTTPS notification JSON format".
 */
import { decodeKey } from './bucket.ts'

export interface Notified {
  bucket: string
  key: string
  /** Of the version that was made; '' where it is not told. */
  etag: string
}

/** Objects that were made; none: it tells of something else. A text: why it is no notification. */
export function readNotification(body: string): Notified[] | string {
  let message: unknown
  try {
    message = JSON.parse(body)
  } catch {
    return 'is no JSON'
  }
  if (!isMap(message)) return 'is no notification of S3'
  const { Records: records, Message: inner, Event: event, detail } = message
  // SNS has the message of S3 as a text in its own.
  if (typeof inner === 'string' && 'TopicArn' in message) return readNotification(inner)
  if (event === 's3:TestEvent') return []
  if (Array.isArray(records)) return readRecords(records)
  if (isMap(detail) && message['source'] === 'aws.s3') {
    if (message['detail-type'] !== 'Object Created') return []
    const made = objectOf(detail)
    return made ? [made] : 'names no bucket and key'
  }
  return 'is no notification of S3'
}

function readRecords(records: unknown[]): Notified[] | string {
  const notified: Notified[] = []
  for (const record of records) {
    if (!isMap(record) || !isMap(record['s3'])) return 'has a record that is not of S3'
    if (!String(record['eventName']).replace(/^s3:/, '').startsWith('ObjectCreated:')) continue
    const made = objectOf(record['s3'])
    if (!made) return 'names no bucket and key'
    try {
      notified.push({ ...made, key: decodeKey(made.key) })
    } catch {
      return 'has a key that is not encoded as S3 does'
    }
  }
  return notified
}

function objectOf({ bucket, object }: Record<string, unknown>): Notified | undefined {
  if (!isMap(bucket) || !isMap(object)) return undefined
  const { name } = bucket
  // S3 spells it the one way, EventBridge the other.
  const { key, eTag, etag = eTag } = object
  if (typeof name !== 'string' || typeof key !== 'string' || key === '') return undefined
  return { bucket: name, key, etag: typeof etag === 'string' ? etag : '' }
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

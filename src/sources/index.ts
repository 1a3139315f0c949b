/**
 * The types of sources, by the name that the configuration gives as `type`. A new source is a file
 * beside this one and a line here.
 *
 * `priority` is the place of its queue where the user sets none: the smaller is sent first, so that
 * tonight's alert never waits behind a month of backfill.
 */
import * as cadoApi from './cado-api.ts'
import * as cefline from './cefline.ts'
import * as netwrixAlerts from './netwrix-alerts.ts'
import * as netwrixApi from './netwrix-api.ts'
import * as netwrixPush from './netwrix-push.ts'
import * as s3 from './s3.ts'
import * as timeline from './timeline.ts'

export const sources = {
  'netwrix-alerts': {
    schema: netwrixAlerts.schema,
    create: netwrixAlerts.create,
    priority: 10,
  },
  'netwrix-api': {
    schema: netwrixApi.schema,
    create: netwrixApi.create,
    priority: 20,
  },
  'netwrix-push': {
    schema: netwrixPush.schema,
    create: netwrixPush.create,
    priority: 10,
  },
  'cado-api': {
    schema: cadoApi.schema,
    create: cadoApi.create,
    priority: 30,
    timelines: true,
  },
  s3: {
    schema: s3.schema,
    create: s3.create,
    priority: 25,
  },
  timeline: {
    schema: timeline.schema,
    create: timeline.create,
    priority: 30,
    timelines: true,
  },
}

/** The one that nobody writes. Its events are few, and first. */
export const ownSources = {
  cefline: { schema: cefline.schema, create: cefline.create, priority: 0 },
}

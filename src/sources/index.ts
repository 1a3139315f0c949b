/**
 * The types of sources, by the name that the configuration gives as `type`. A new source is a file
 * beside this one and a line here.
 *
 * `priority` is the place of its queue where the user sets none: the smaller is sent first, so that
 * tonight's alert never waits behind a month of backfill.
 */
import * as netwrixAlerts from './netwrix-alerts.ts'
import * as netwrixApi from './netwrix-api.ts'
import * as netwrixPush from './netwrix-push.ts'

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
}

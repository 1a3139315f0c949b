/**
 * The page knows what the appliance answers by its own description. This compiles only while what
 * the server really has fits it.
 */
import t from 'tap'
import type * as server from '../../src/control/verbs.ts'
import type * as page from '../../src/page/shapes.ts'
import type { ShownEvent } from '../../src/status/shown-event.ts'
import type { History, Range } from '../../src/telemetry/history.ts'

/** Compiles for types only of which the first can stand where the second is wanted. */
type Fits<Has extends Wants, Wants> = Has

export type Checked = [
  Fits<server.Overview, page.Overview>,
  Fits<server.ListedReject, page.ListedReject>,
  Fits<server.TestStep, page.TestStep>,
  Fits<History, page.History>,
  Fits<page.Range, Range>,
  Fits<ShownEvent, page.PassedEvent>,
]

t.pass('the types fit')

import t from 'tap'
import { metricsOf } from '../../src/commands/support-spool.ts'

t.test('metrics that cannot be had: the address and the cure', async (t) => {
  await t.rejects(metricsOf(undefined), { message: /has no status page.*mend status\.listen$/ })
  await t.rejects(metricsOf('http://127.0.0.1:1/'), {
    message: /^http:\/\/127\.0\.0\.1:1\/metrics does not answer; run this on the machine/,
  })
})

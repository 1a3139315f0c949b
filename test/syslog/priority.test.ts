import t from 'tap'
import { facilities, priority, syslogSeverity } from '../../src/syslog/priority.ts'

t.test('facilities are RFC 5424’s numbers', (t) => {
  t.equal(facilities.get('local0'), 16)
  t.equal(facilities.get('local4'), 20)
  t.equal(facilities.get('local7'), 23)
  t.equal(facilities.get('user'), 1)
  t.equal(facilities.get('audit'), 13)
  t.end()
})

t.test('CEF severity to syslog severity, by CEF’s four bands', (t) => {
  const severities = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(syslogSeverity)
  t.same(severities, [6, 6, 6, 6, 4, 4, 4, 3, 3, 2, 2])
  t.equal(priority(20, 7), 163)
  t.end()
})

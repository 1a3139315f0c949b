import t from 'tap'
import { offsets } from '../../src/syslog/timezone.ts'

t.test('offsets in minutes', (t) => {
  const rows: [zone: string, instant: string, offset: number][] = [
    ['UTC', '2026-07-01T00:00:00Z', 0],
    ['Europe/Berlin', '2026-03-29T00:59:59Z', 60],
    ['Europe/Berlin', '2026-03-29T01:00:00Z', 120],
    ['Europe/Berlin', '2026-10-25T00:59:59Z', 120],
    ['Europe/Berlin', '2026-10-25T01:00:00Z', 60],
    ['America/New_York', '2026-03-08T06:59:59Z', -300],
    ['America/New_York', '2026-03-08T07:00:00Z', -240],
    ['Australia/Lord_Howe', '2026-04-04T14:59:59Z', 660],
    ['Australia/Lord_Howe', '2026-04-04T15:00:00Z', 630],
    ['Asia/Kathmandu', '2026-01-01T00:00:00Z', 345],
    // Newfoundland changed its clocks at a minute past midnight until 2011.
    ['America/St_Johns', '2010-03-14T03:30:59Z', -210],
    ['America/St_Johns', '2010-03-14T03:31:00Z', -150],
  ]
  for (const [zone, instant, offset] of rows) {
    t.equal(offsets(zone)(Date.parse(instant)), offset, `${zone} ${instant}`)
  }
  t.end()
})

t.test('a zone that is not known names the option and the cure', (t) => {
  t.throws(() => offsets('Mars/Olympus', 'destinations.siem.timezone'), {
    code: 'config',
    message: /destinations\.siem\.timezone: "Mars\/Olympus" is not a time zone.*Europe\/Berlin/,
  })
  t.end()
})

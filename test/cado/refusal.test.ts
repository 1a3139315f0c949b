import t from 'tap'
import { refusal } from '../../src/cado/refusal.ts'

const place = 'https://cado.example.com/api/v3/timeline'

t.test('statuses', async (t) => {
  const table: [status: number, code: string, wait: number | undefined][] = [
    [302, 'bad-answer', undefined],
    [400, 'bad-request', undefined],
    [401, 'unauthorized', 300_000],
    [403, 'forbidden', 300_000],
    [404, 'not-found', undefined],
    [405, 'bad-answer', undefined],
    [408, 'timeout', undefined],
    [410, 'not-found', undefined],
    [422, 'bad-request', undefined],
    [429, 'server', 7000],
    [500, 'server', undefined],
    [502, 'server', undefined],
    [503, 'server', 7000],
    [504, 'timeout', undefined],
  ]
  for (const [status, code, wait] of table) {
    const made = refusal({ status, headers: { 'retry-after': '7' }, text: '' }, place, (x) => x)
    t.match(made, { code, permanent: false })
    t.match(made.message, `${place} answered ${status}`)
    t.equal(made.retryAfter, wait, `${status}`)
  }
})

t.test('what the platform said', async (t) => {
  const table: [text: string, said: string][] = [
    ['{"status":"error","message":"No such project","code":"E7"}', ': No such project, code E7'],
    ['{"status":"error","message":"No"}', ': No'],
    ['{"detail":1}', ': {"detail":1}'],
    ['<html><style>p{}</style><h1>Bad  gateway</h1></html>', ': Bad gateway'],
    ['', ' (it gave no reason)'],
  ]
  for (const [text, said] of table) {
    const { message } = refusal({ status: 500, headers: {}, text }, place, (x) => x)
    t.ok(message.startsWith(`${place} answered 500${said}.`), message)
  }
})

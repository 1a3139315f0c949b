// Has the appliance send its marked test event, prints each step as it happens, and ends with 0 only when
// the last one, `end`, is ok. Nothing but Node is needed.
import { readFile } from 'node:fs/promises'

const { CEFLINE_URL, CEFLINE_TOKEN_FILE, CEFLINE_TIMEOUT_SECONDS = '120' } = process.env

function finish(text, code) {
  console.log(text)
  process.exitCode = code
}

async function* lines(body) {
  let rest = ''
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + chunk).split('\n')
    rest = parts.pop()
    yield* parts
  }
  yield rest
}

function show({ step, ok, destination, detail, milliseconds }) {
  const what = [destination, detail].filter(Boolean).join(': ')
  const time = milliseconds === undefined ? '' : ` (${milliseconds} ms)`
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${step} ${what}${time}`)
}

try {
  const token = (await readFile(CEFLINE_TOKEN_FILE, 'utf8')).trim()
  const answer = await fetch(new URL('/api/test', CEFLINE_URL), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{}',
    signal: AbortSignal.timeout(Number(CEFLINE_TIMEOUT_SECONDS) * 1000),
  })
  if (!answer.ok) throw new Error(`${answer.status}: ${(await answer.text()).trim()}`)
  let last
  let received = 0
  for await (const line of lines(answer.body)) {
    if (line.trim() === '') continue
    last = JSON.parse(line)
    if (last.step === 'received' && last.ok) received += 1
    show(last)
  }
  if (last?.step !== 'end') finish('The answer ended before the test did.', 1)
  else if (!last.ok) finish('The test event did not get through.', 1)
  else if (received === 0) finish('No destination has a receipt for the test event.', 1)
  else finish(`The test event has ${received} receipt(s).`, 0)
} catch (thrown) {
  const { message, cause } = thrown
  finish(`The test could not be made: ${message}${cause ? ` (${cause.message})` : ''}`, 1)
}

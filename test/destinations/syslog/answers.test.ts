import t from 'tap'
import { Answers, answersOf } from '../../../src/destinations/syslog/answers.ts'
import { readAddress } from '../../../src/destinations/syslog/target.ts'
import { syslogOptions } from '../../helpers/syslog-options.ts'

function targetOf(receiptEvery = 30_000) {
  const url = 'tcp://siem:514'
  const options = syslogOptions(url, { receiptEvery, timeout: 1000 })
  const files = async () => ({})
  return { ...options, ...readAddress(url, 'url'), place: 'destinations.siem', files }
}

t.test('one that never answers is given up after three times, and tried again', (t) => {
  const answers = new Answers(targetOf())
  t.equal(answers.isProving, true)
  t.equal(answers.missed('silent'), undefined)
  t.equal(answers.missed('reset'), undefined)
  t.equal(answers.isDoubted, false)
  t.equal(answers.patience, 1000)
  t.equal(answers.isProving, true)
  t.match(answers.missed('silent'), {
    level: 'warn',
    code: 'no-half-close',
    message: /^tcp:\/\/siem:514 does not answer .*no proof.*relp:\/\/.*siem\.receiptEvery: 0$/,
  })
  t.equal(answers.isProving, false)
  t.equal(answers.trialEvery, 600_000)
  answers.proven()
  t.equal(answers.isProving, true)
  t.end()
})

t.test('one that has answered is never given up: it is doubted, and waited for longer', (t) => {
  const answers = new Answers(targetOf())
  answers.missed('silent')
  answers.missed('silent')
  answers.proven()
  for (const patience of [2000, 4000, 8000, 8000, 8000]) {
    t.equal(answers.missed('silent'), undefined)
    t.equal(answers.isProving, true)
    t.equal(answers.isDoubted, true)
    t.equal(answers.patience, patience)
    answers.alive()
    t.equal(answers.isDoubted, false)
  }
  answers.proven()
  t.equal(answers.patience, 1000)
  t.end()
})

t.test('bytes that were not taken say nothing of half-closes', (t) => {
  const answers = new Answers(targetOf())
  for (let time = 0; time < 9; time += 1) t.equal(answers.missed('stuck'), undefined)
  t.equal(answers.isProving, true)
  t.end()
})

t.test('a FIN that never shows in the table does not go on for ever', (t) => {
  const answers = new Answers(targetOf())
  answers.proven()
  t.equal(answers.missed('unlisted'), undefined)
  t.equal(answers.missed('unlisted'), undefined)
  t.match(answers.missed('unlisted'), { code: 'no-time-wait', message: /tcp_max_tw_buckets/ })
  t.equal(answers.isProving, false)
  t.end()
})

t.test('turned off', (t) => {
  const answers = new Answers(targetOf(0))
  t.equal(answers.isProving, false)
  t.equal(answers.trialEvery, Infinity)
  t.end()
})

t.test('what is known stays with the target', (t) => {
  const target = targetOf()
  t.equal(answersOf(target), answersOf(target))
  t.not(answersOf(target), answersOf(targetOf()))
  t.end()
})

t.test('what a url has done is known under a new configuration, at its own place', (t) => {
  const before = answersOf(targetOf())
  before.proven()
  before.hung()
  const after = answersOf(targetOf())
  t.equal(after.isDoubted, true)
  for (let time = 0; time < 9; time += 1) t.equal(after.missed('silent'), undefined)
  t.equal(after.isProving, true)
  t.equal(answersOf({ ...targetOf(), place: 'destinations.other' }).hasAnswered, false)
  const off = answersOf(targetOf(0))
  t.equal(off.isDoubted, false, 'nothing is asked for where it is turned off')
  t.equal(answersOf(targetOf()).hasAnswered, false, 'and what was known is forgotten')
  t.end()
})

t.test('one that took nothing is doubted when it has answered before', (t) => {
  const answers = new Answers(targetOf())
  answers.hung()
  t.equal(answers.isDoubted, false)
  answers.proven()
  for (const answer of ['stuck', 'reset'] as const) {
    answers.missed(answer)
    t.equal(answers.isDoubted, true)
    answers.proven()
  }
  answers.proven()
  t.equal(answers.isDoubted, false)
  t.end()
})

t.test('proof is asked for sooner where idle connections are closed', (t) => {
  const answers = new Answers(targetOf())
  t.equal(answers.receiptEvery, 30_000)
  t.match(answers.closedIdle(20_000), {
    code: 'lost',
    retryAfter: 1000,
    message:
      /had been idle for 20 s: it was stopped, or .* after 10 s .*siem\.receiptEvery below 20 s \(not to 0, /,
  })
  t.equal(answers.receiptEvery, 10_000)
  answers.closedIdle(20_000)
  t.equal(answers.receiptEvery, 5000, 'sooner yet when that was not soon enough')
  answers.closedIdle(1200)
  t.equal(answers.receiptEvery, 1000)
  answers.stood(2000)
  t.equal(answers.receiptEvery, 1000)
  answers.stood(3000)
  t.equal(answers.receiptEvery, 30_000, 'it was no idle time, a connection has stood for longer')
  t.end()
})

/**
 * What parsers that are not ours read back. liblognorm is the strictest there is: one bad escape or
 * key fails the whole message. nsyslog-parser is naive: it unescapes nothing and ends a value at a
 * second `=` in a word, so it is given only what it can keep, or a line with substitutes.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { encode } from '../../src/cef/encode.ts'
import type { CefEvent } from '../../src/cef/event.ts'
import { fit } from '../../src/cef/fit.ts'
import { cleanValue } from '../../src/cef/value.ts'
import { anEvent, anyText, eventOf } from '../helpers/cef-events.ts'
import { findProgram, needs } from '../helpers/peers.ts'

interface Normalized {
  f?: { Severity: string; Name: string; DeviceVendor: string; Extensions: Record<string, string> }
}

/** What went in, as any parser should give it back. */
function sent(event: CefEvent): [string, string][] {
  return event.extension
    .map(([key, value]): [string, string] => [key, cleanValue(String(value))])
    .filter(([, value]) => value !== '')
}

t.test('lognormalizer reads back what went in', needs('lognormalizer'), async (t) => {
  const rulebase = join(t.testdir(), 'cef.rulebase')
  writeFileSync(rulebase, 'version=2\nrule=:%f:cef%\n')
  const program = findProgram('lognormalizer') ?? ''
  const normalize = (lines: string[]): Normalized[] =>
    execFileSync(program, ['-r', rulebase, '-e', 'json'], { input: `${lines.join('\n')}\n` })
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Normalized)

  t.test('any event', async (t) => {
    const events = fc.sample(eventOf(anyText), 500)
    const read = normalize(events.map(encode))
    t.equal(read.length, events.length)
    for (const [index, event] of events.entries()) {
      const fields = read[index]?.f
      assert.deepEqual(Object.entries(fields?.Extensions ?? {}), sent(event), encode(event))
      assert.equal(fields?.Severity, String(event.severity))
      assert.equal(fields?.Name, encode(event).split('|')[5])
    }
  })

  t.test('every type, and what goes elsewhere', async (t) => {
    const extension: CefEvent['extension'] = [
      ['src', '10.0.0.1'],
      ['dst', 'no address=1'],
      ['rt', 1_490_709_708_000],
      ['start', 'Mar 28 2017 14:01:48 GMT'],
      ['filePath', 'C:\\Temp\\'],
      ['a bad=key', 'x|y'],
      ['act', 'one'],
      ['act', 'two'],
      ['msg', ' CEF:0|a|b|c|d|e|1| src=9.9.9.9 \n'],
    ]
    t.strictSame(normalize([encode({ ...anEvent, extension })])[0]?.f?.Extensions, {
      src: '10.0.0.1',
      rt: '1490709708000',
      start: 'Mar 28 2017 14:01:48 GMT',
      filePath: 'C:\\Temp\\',
      act: 'one',
      msg: 'CEF:0|a|b|c|d|e|1| src=9.9.9.9 \n',
      CeflineDst: 'no address=1',
      CeflineAbadkey: 'x|y',
      CeflineAct: 'two',
    })
  })

  t.test('lines cut to a size', async () => {
    const events = fc.sample(eventOf(anyText.map((text) => text.repeat(10))), 200)
    const lines = events.map(
      (event) => fit(encode(event), { maxBytes: 300, lengths: true, equals: 'escape' }).line,
    )
    for (const [index, read] of normalize(lines).entries()) {
      const keys = Object.keys(read.f?.Extensions ?? {})
      const known = events[index]?.extension.map(([key]) => key) ?? []
      assert.ok(read.f !== undefined && keys.every((key) => known.includes(key)), lines[index])
    }
  })
})

// It has no declarations.
const parse = createRequire(import.meta.url)('nsyslog-parser') as (line: string) => Parsed

interface Parsed {
  type: string
  cef: Record<string, string>
  fields: Record<string, string>
}

function nsyslog(line: string): Parsed {
  const parsed = parse(`<134>Jan 18 11:07:53 host ${line}`)
  // The space after the seventh pipe is an empty word to it.
  const fields = Object.entries(parsed.fields).filter(([key]) => key !== '')
  return { ...parsed, fields: Object.fromEntries(fields) }
}

t.test('nsyslog-parser reads back what it can keep', async () => {
  const keepable = anyText.map((text) => text.replace(/[=\\\n\r]/g, '~'))
  fc.assert(
    fc.property(eventOf(keepable), (event) => {
      const { type, cef, fields } = nsyslog(encode(event))
      assert.equal(type, 'CEF')
      assert.equal(cef['severity'], String(event.severity))
      assert.deepEqual(fields, Object.fromEntries(sent(event)))
    }),
    { numRuns: 300 },
  )
})

t.test('with substitutes no text forges a field, even for nsyslog-parser', async () => {
  fc.assert(
    fc.property(eventOf(anyText), (event) => {
      const { line } = fit(encode(event), { lengths: false, equals: 'substitute' })
      assert.deepEqual(
        Object.keys(nsyslog(line).fields).sort(),
        sent(event)
          .map(([key]) => key)
          .sort(),
      )
    }),
    { numRuns: 300 },
  )
})

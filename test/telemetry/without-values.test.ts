import t from 'tap'
import { withoutValues } from '../../src/telemetry/without-values.ts'

t.equal(withoutValues('a.csv row 2 is bad'), 'a.csv row 2 is bad')
t.equal(
  withoutValues('a.csv row 2 has "31/31/2026" in When, which is no date'),
  'a.csv row 2 has "…" in When, which is no date',
)
t.equal(withoutValues('has "a" and "b", no date'), 'has "…", no date', 'quotes within a value')
t.equal(withoutValues('{"a":"b… is none'), '{"…" is none', 'a value that was cut has no end')
t.equal(withoutValues('record 1: "b… is none'), 'record 1: "…" is none')
t.equal(withoutValues('the header "a\n"" b" is none'), 'the header "…" is none')

/**
 * The four letters of a timeline, `MACB`, as plaso computes them (`plaso/output/mediator.py`): which
 * times an event is of, by the descriptions in `type`.
 */

/** The times that a file has, in the order of the letters. */
export const fileTimes = [
  'Content Modification Time',
  'Last Access Time',
  'Metadata Modification Time',
  'Creation Time',
] as const

const letters = 'MACB'
export const noMacb = '....'

/** What other data types have, beside the names of `fileTimes`. */
const places = new Map<string, number>([
  ...fileTimes.map((type, place): [string, number] => [type, place]),
  ...['Written Time', 'Content Deletion Time'].map((type): [string, number] => [type, 0]),
  ...[
    ['Account Created', 'Last Visited Time', 'Start Time', 'Last Shutdown Time'],
    ['Last Login Time', 'Last Password Reset', 'Last Connection Time', 'Last Time Executed'],
    ['Last Printed Time'],
  ]
    .flat()
    .map((type): [string, number] => [type, 1]),
  ...['Added Time', 'File Downloaded', 'First Connection Time'].map((type): [string, number] => {
    return [type, 3]
  }),
])

/** As plaso's older file systems name them. */
const fileNames = new Map<string, number>([
  ...fileTimes.map((type, place): [string, number] => [type, place]),
  ['mtime', 0],
  ['atime', 1],
  ['ctime', 2],
  ['crtime', 3],
])

/** Answers by type, as a timeline has few of them; bounded, as they come from files. */
const known = [new Map<string, string>(), new Map<string, string>()] as const
const mostKnown = 1024

/** `M.C.` of `Content Modification Time; Metadata Modification Time`; `....` of what has no letter.
 * `kind` is the data type or parser: of a file's entry (`fs:stat`, `filestat`) only its four times count. */
export function macbOf(type: string, kind: string): string {
  const isFile = kind === 'filestat' || kind === 'fs:stat'
  const answers = known[isFile ? 1 : 0]
  let macb = answers.get(type)
  if (macb === undefined) {
    macb = compute(type, isFile ? fileNames : places)
    if (answers.size >= mostKnown) answers.clear()
    answers.set(type, macb)
  }
  return macb
}

function compute(type: string, names: ReadonlyMap<string, number>): string {
  const found = type.split(';').map((name) => names.get(name.trim()))
  return [...letters].map((letter, place) => (found.includes(place) ? letter : '.')).join('')
}

/** By the letters that there are, M being 1 and B 8. In plaso's order, that of the alphabet. */
const typesOfLetters = Array.from({ length: 16 }, (_, bits) => {
  return fileTimes
    .filter((_type, place) => (bits & (1 << place)) !== 0)
    .sort()
    .join('; ')
})

/** The descriptions that letters in any case stand for: `m.c.`; '' for none. */
export function typeOfMacb(macb: string): string {
  const upper = macb.toUpperCase()
  let bits = 0
  for (let place = 0; place < 4; place += 1) {
    if (upper.charAt(place) === letters.charAt(place)) bits |= 1 << place
  }
  return typesOfLetters[bits] ?? ''
}

/**
 * A secret stands in the configuration as a reference only: every option that Cefline itself holds to be a secret is
 * refused inline, and what is only called like one is not.
 */
import t from 'tap'
import { common, isOption, sections } from '../../src/config/schema.ts'
import type { Schema } from '../../src/config/schema.ts'
import { destinations } from '../../src/destinations/index.ts'
import { sources } from '../../src/sources/index.ts'
import { needsGo, render } from '../helpers/helm.ts'
import type { Part } from '../helpers/helm.ts'

const word = 'hunter2'
/** Where a secret is only a part of the text. */
const longer: Record<string, string> = {
  proxy: `http://siem:${word}@proxy.example.com:3128`,
  'tls.key': `-----BEGIN EC PRIVATE KEY-----\n${word}`,
}

interface Place {
  /** `sources.netwrix-api.password` */
  path: string[]
  option: string
}

/** Every option that is sensitive, of sections and of components, each called by its type. */
function places(): Place[] {
  const components = Object.entries({ sources, destinations }).flatMap(([kind, table]) =>
    Object.entries(table).map(([type, { schema }]) => {
      return { above: [kind, type], schema: { ...schema, ...common[kind as 'sources'] } as Schema }
    }),
  )
  const own = Object.entries(sections).map(([name, schema]) => ({ above: [name], schema }))
  return [...own, ...components].flatMap(({ above, schema }) =>
    secretsOf(schema).map((option) => ({
      path: [...above, ...option],
      option: option.join('.'),
    })),
  )
}

function secretsOf(schema: Schema): string[][] {
  return Object.entries(schema).flatMap(([name, entry]) => {
    if (isOption(entry)) return entry.sensitive === true ? [[name]] : []
    return secretsOf(entry).map((path) => [name, ...path])
  })
}

/** What the chart says of a configuration that has all of them. */
function refusalOf(all: Place[], valueOf: (option: string) => string): string {
  const config: Part = {}
  for (const { path, option } of all) {
    let group = config
    for (const [depth, name] of path.slice(0, -1).entries()) {
      const isComponent = depth === 1 && ['sources', 'destinations'].includes(path[0] ?? '')
      group = group[name] ??= isComponent ? { type: name } : {}
    }
    // A map of secrets by the names of those who hold them.
    const isMap = option === 'tokens'
    group[path.at(-1) ?? ''] = isMap ? { alice: valueOf(option) } : valueOf(option)
  }
  return render('minimal', { config }).refusal
}

t.test('each stands there as a reference only', needsGo('helm'), async (t) => {
  const all = places()
  t.ok(all.length > 8, 'there are some')
  const faults = {
    inline: refusalOf(all, (option) => longer[option] ?? word),
    part: refusalOf(all, (option) => longer[option] ?? `a${'${env:SECRET}'}`),
    file: refusalOf(all, () => '${file:/etc/cefline/secrets/netwrix/x}'),
    variable: refusalOf(all, () => '${env:SECRET}'),
  }
  for (const { path } of all) {
    const says = new RegExp(`^- config\\.${path.join('\\.')}\\S* holds`, 'm')
    t.match(faults.inline, says)
    t.match(faults.part, says, 'a part is not enough')
    t.notMatch(faults.file, says)
    t.notMatch(faults.variable, says)
  }
  t.notMatch(faults.inline, word, 'none is shown')
})

t.test('what is called like a secret and is none', needsGo('helm'), async (t) => {
  const config = {
    sources: {
      activity: {
        filter: { Password: 'x', Who: ['token'] },
        mapping: {
          fields: { token: '{Who}' },
          privacy: { fields: { Token: 'drop' } },
        },
      },
    },
    tests: [{ record: { Password: 'x' } }],
  }
  const { ok, refusal } = render('minimal', { config })
  t.ok(ok, refusal)
})

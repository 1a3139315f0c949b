/**
 * Folders of buckets that must not meet: a destination that gets what a source reads and writes it to where
 * that source reads it would send the same events round for ever; and of two destinations that write
 * into one folder neither could keep its order of keys, by which readers go.
 *
 * Compared is what is written in the configuration: that two addresses lead to one service is not known.
 */
import type { Problems } from './problems.ts'
import { reads } from './reads.ts'
import type { Tables } from './schema.ts'
import type { Options } from './section.ts'

interface Component {
  name: string
  type: string
  options: Options
}

interface Reader extends Component {
  common: Options
}

/** Where it reads or writes: `https://host/bucket`, and what keys begin and end with. */
interface Place {
  bucket: string
  prefix: string
  ending: string
}

/** Tells which destinations would be read again by their own sources, or write into one folder. */
export function checkBuckets(
  sources: readonly Component[],
  destinations: readonly Reader[],
  tables: Tables,
  problems: Problems,
): void {
  const readers = sources.filter(isBucket)
  const writers = destinations.filter(isBucket)
  const gets = ({ type, common }: Reader, source: Component) =>
    reads({ type, from: common['from'] as string[] | null }, source, tables)
  const readsFrom = (writer: Reader) => readers.filter((source) => meet(source, writer))
  for (const [index, writer] of writers.entries()) {
    const other = writers.slice(0, index).find((each) => isSameFolder(each, writer))
    if (other) tell(writer, `is where destinations.${other.name} writes; ${ownFolder}`)
    // Through how many buckets it may go: those that were come to are not gone through again.
    const reached = new Set(readsFrom(writer))
    for (const source of reached) {
      if (gets(writer, source)) {
        const from = `or leave that source out of destinations.${writer.name}.from`
        tell(
          writer,
          `holds what comes back by sources.${source.name}, whose events this destination gets, so that they would go round for ever; ${ownFolder}, ${from}`,
        )
      }
      for (const next of writers.filter((each) => gets(each, source))) {
        for (const further of readsFrom(next)) reached.add(further)
      }
    }
  }

  function tell({ name, options }: Reader, fault: string): void {
    const option = options['folder'] === null ? 'bucket' : 'folder'
    problems.addValue(['destinations', name, option], options[option], fault)
  }
}

const ownFolder = 'give it a folder of its own'

function isBucket({ type }: Component): boolean {
  return type === 's3'
}

function meet({ options }: Component, writer: Component): boolean {
  const suffix = text(options['suffix'])
  const folder = text(options['folder'])
  // As `sources/s3.ts` takes it: as it is written.
  const prefix = folder === '' || folder.endsWith('/') ? folder : `${folder}/`
  const bucket = bucketOf(options)
  return placesOf(writer.options).some(
    (place) =>
      place.bucket === bucket &&
      place.prefix.startsWith(prefix) &&
      (place.ending.endsWith(suffix) || suffix.endsWith(place.ending)),
  )
}

function isSameFolder(one: Component, other: Component): boolean {
  const others = placesOf(other.options)
  return placesOf(one.options).some(({ bucket, prefix }) =>
    others.some((place) => place.bucket === bucket && place.prefix === prefix),
  )
}

/** As `destinations/s3` makes its keys: each form below a folder of its own where there are both. */
function placesOf(options: Options): Place[] {
  const names = text(options['folder']).split('/')
  const folder = names.flatMap((name) => (name === '' ? [] : [`${name}/`])).join('')
  const bucket = bucketOf(options)
  const format = text(options['format'])
  const forms = format === 'both' ? ['cef', 'json'] : [format]
  const packed = options['gzip'] === true ? '.gz' : ''
  return forms.map((form) => ({
    bucket,
    prefix: format === 'both' ? `${folder}${form}/` : folder,
    ending: `.${form}${packed}`,
  }))
}

/** A name stands for one bucket in all of AWS, whatever the region. */
function bucketOf({ bucket, endpoint }: Options): string {
  const url = text(endpoint)
  const service = URL.canParse(url) ? new URL(url).host : 'amazonaws.com'
  return `${/(?:^|\.)amazonaws\.com$/.test(service) ? 'aws' : service}/${text(bucket)}`
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

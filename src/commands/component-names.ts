/**
 * Names of the configured sources and destinations, for a shell's completion: read as the start does,
 * but neither judged nor complete, for whoever presses a key wants an answer at once.
 */
import { validName } from '../config/components.ts'
import { parseFile, isGroup } from '../config/document.ts'
import { environmentDocument } from '../config/environment.ts'
import { findFile } from '../config/find.ts'
import { ownSource } from '../io/own-source.ts'

export interface ComponentNames {
  sources: string[]
  destinations: string[]
}

/** Throws what cannot be read. */
export function componentNames(path: string | undefined): ComponentNames {
  const surroundings = { env: process.env, cwd: process.cwd() }
  const file = findFile({ path, system: '/etc/cefline/cefline.yaml', ...surroundings })
  const { value } = file
    ? parseFile(file.text, file.name)
    : environmentDocument(surroundings).document
  const { sources, destinations } = isGroup(value) ? value : {}
  return { sources: [...namesOf(sources), ownSource], destinations: namesOf(destinations) }
}

function namesOf(group: unknown): string[] {
  // A name that is none would be refused at the start, and a shell would run what is in it.
  return isGroup(group) ? Object.keys(group).filter((name) => validName.test(name)) : []
}

/**
 * Queues that share what they remember: of an event that the sources of both give (a Netwrix alert
 * and the activity record behind it, by RID), the first line is taken and the other one left out.
 *
 * Each queue keeps the ids that it was given, in its own pages, as without that; joining changes only
 * where is looked. So queues can be joined and parted again with the spool as it is, and after a kill
 * both know what is durable. Ids that have no line, such as a file's, and those of rejects are about
 * one source alone and are not shared.
 */

export type Groups = readonly (readonly string[])[]

/** The queue and those that it shares with, each once, in the same order for all of them. */
export function joinedWith(queue: string, groups: Groups): string[] {
  const found = new Set([queue])
  // A name that was added may be in a group that was passed.
  for (let size = 0; size < found.size;) {
    size = found.size
    for (const group of groups) {
      if (group.some((name) => found.has(name))) for (const name of group) found.add(name)
    }
  }
  return [...found].sort()
}

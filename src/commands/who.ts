/**
 * Who runs the command, for the event that tells the SIEM what was done.
 */
import { userInfo } from 'node:os'

/** The operating system's name of the user, of the one behind `sudo` where that is used; a user without
 * an entry in the system's list has a number only. */
export function whoRuns(env = process.env): string {
  const behind = env['SUDO_USER']
  if (behind !== undefined && behind !== '' && process.getuid?.() === 0) return behind
  try {
    return userInfo().username
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}

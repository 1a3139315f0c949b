/**
 * Whether a folder is in a container's own layer, which is gone with the container. What runtimes leave
 * in a container is no proof by itself: a machine whose disk was made from an image has it too, and its
 * root is a volume of its own.
 */
import { existsSync } from 'node:fs'
import { readFile, stat, statfs } from 'node:fs/promises'

/** What Docker, Podman and Kubernetes leave in a container. */
const containerMarks = [
  '/.dockerenv',
  '/run/.containerenv',
  '/var/run/secrets/kubernetes.io/serviceaccount',
]
/** statfs type of the layered file system that nearly every container has as its root. */
const overlay = 0x794c7630

/** True when the folder is on the same volume as the root of a container. */
export async function isContainerLayer(
  folder: string,
  { marks = containerMarks, mounts = '/proc/self/mountinfo' } = {},
): Promise<boolean> {
  const [here, root, system] = await Promise.all([stat(folder), stat('/'), statfs(folder)])
  if (here.dev !== root.dev) return false
  if (system.type === overlay) return true
  if (!marks.some((mark) => existsSync(mark))) return false
  return !isWholeVolume(await readFile(mounts, 'utf8').catch(() => ''))
}

/** Whether the root is that of a file system on a device, and not a folder of one (proc(5): fields 3 to 5
 * are the device, the root of the mount within its file system, and where it is mounted). Those that
 * have no device of their own have major number 0. */
function isWholeVolume(mountinfo: string): boolean {
  const mounts = mountinfo.split('\n').map((line) => line.split(' '))
  // The last one covers those before it.
  const [, , device = '0:', root] = mounts.findLast(([, , , , place]) => place === '/') ?? []
  return root === '/' && !device.startsWith('0:')
}

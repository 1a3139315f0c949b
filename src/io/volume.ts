/**
 * Whether a folder is in a container's own layer, which is gone with the container.
 */
import { existsSync } from 'node:fs'
import { stat, statfs } from 'node:fs/promises'

/** What Docker, Podman and Kubernetes leave in a container. */
const containerMarks = [
  '/.dockerenv',
  '/run/.containerenv',
  '/var/run/secrets/kubernetes.io/serviceaccount',
]
/** statfs type of the layered file system that nearly every container has as its root. */
const overlay = 0x794c7630

/** True when the folder is on the same volume as the root of a container. */
export async function isContainerLayer(folder: string, marks = containerMarks): Promise<boolean> {
  const [here, root, system] = await Promise.all([stat(folder), stat('/'), statfs(folder)])
  if (here.dev !== root.dev) return false
  return system.type === overlay || marks.some((mark) => existsSync(mark))
}

/**
 * A number with the name of what it counts, in one of Cefline's sentences: `1 reject`, `2 rejects`.
 */
export function counted(value: number, name: string): string {
  return `${value} ${name}${value === 1 ? '' : 's'}`
}

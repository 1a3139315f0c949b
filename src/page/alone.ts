/**
 * The values of a curve that have none beside them, by index. A line has two ends: such a value, as
 * the latency of a destination to which little is sent, would not be seen at all and is drawn as a
 * point.
 */
export function alone(values: readonly (number | null | undefined)[]): number[] {
  const known = (index: number) => typeof values[index] === 'number'
  return [...values.keys()].filter((index) => {
    return known(index) && !known(index - 1) && !known(index + 1)
  })
}

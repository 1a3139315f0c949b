/**
 * What an HTML page says, for a message: an error of a proxy, a gateway or a web server in front of an
 * API comes as one.
 */

/** Enough to find the sentence in; the rest of a large page is not looked at. */
const longest = 20_000

/** Its text without markup, scripts and styles, in one line; text that is no page stays as it is. */
export function pageText(body: string): string {
  return body
    .slice(0, longest)
    .replace(/<(script|style)\b.*?<\/\1>/gis, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}

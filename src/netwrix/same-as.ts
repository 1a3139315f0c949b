/**
 * The option `sameAs` of the sources that read alerts. Netwrix gives the record behind an alert a second
 * time by its API, under the same RID (`record.ts`). It is carried out where the sources are put
 * together: the spool joins the two queues, and the source knows nothing of it.
 */
export const sameAs = {
  doc: 'Name of a netwrix-api source of the same records: an event that one of the two has given, by its RID, is left out of the other. Whichever comes first stays, so an alert that comes second is not marked as one.',
  format: 'text?',
  default: null as string | null,
}

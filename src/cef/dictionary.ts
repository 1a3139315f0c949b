/**
 * The CEF extension dictionary as data: what ArcSight's implementation standard publishes (v27, in
 * the machine-readable form of `tenzir/skills`, extensions.yaml), with corrections laid over it
 * where the published table is wrong or incomplete. Rows read `key|full name|type|length`; `=` as
 * the full name says that it is the key itself.
 */

/**
 * `address4` are the keys that every CEF version calls "IPv4 address", though ESM's own guide takes
 * both families there; `address6` takes IPv6 only.
 */
export type CefType =
  'string' | 'integer' | 'long' | 'double' | 'time' | 'address' | 'address4' | 'address6' | 'mac'

export interface CefKey {
  readonly key: string
  /** The full name, as ArcSight shows it. */
  readonly name: string
  readonly type: CefType
  /** Most characters, before escaping; undefined where the standard gives none. */
  readonly length: number | undefined
  /** Who sends it: `consumer` keys are set by the SIEM, and a producer must not send them. */
  readonly origin: 'producer' | 'cef-1.2' | 'consumer'
  /** Least and greatest value of a number. */
  readonly range: readonly [least: bigint, greatest: bigint] | undefined
  /** For a `…Label` key, the key that it names: the two go together. */
  readonly labels: string | undefined
}

/** The most characters of the header's fields, in their order; severity has no limit. */
export const headerLengths = {
  deviceVendor: 63,
  deviceProduct: 63,
  deviceVersion: 31,
  deviceEventClassId: 1023,
  name: 512,
} as const

const producer = `
act|deviceAction|S|63
app|applicationProtocol|S|31
c6a1|deviceCustomIPv6Address1|IP6|
c6a1Label|deviceCustomIPv6Address1Label|S|1023
c6a3|deviceCustomIPv6Address3|IP6|
c6a3Label|deviceCustomIPv6Address3Label|S|1023
c6a4|deviceCustomIPv6Address4|IP6|
c6a4Label|deviceCustomIPv6Address4Label|S|1023
cat|deviceEventCategory|S|1023
cfp1|deviceCustomFloatingPoint1|D|
cfp1Label|deviceCustomFloatingPoint1Label|S|1023
cfp2|deviceCustomFloatingPoint2|D|
cfp2Label|deviceCustomFloatingPoint2Label|S|1023
cfp3|deviceCustomFloatingPoint3|D|
cfp3Label|deviceCustomFloatingPoint3Label|S|1023
cfp4|deviceCustomFloatingPoint4|D|
cfp4Label|deviceCustomFloatingPoint4Label|S|1023
cn1|deviceCustomNumber1|L|
cn1Label|deviceCustomNumber1Label|S|1023
cn2|deviceCustomNumber2|L|
cn2Label|deviceCustomNumber2Label|S|1023
cn3|deviceCustomNumber3|L|
cn3Label|deviceCustomNumber3Label|S|1023
cnt|baseEventCount|I|
cs1|deviceCustomString1|S|4000
cs1Label|deviceCustomString1Label|S|1023
cs2|deviceCustomString2|S|4000
cs2Label|deviceCustomString2Label|S|1023
cs3|deviceCustomString3|S|4000
cs3Label|deviceCustomString3Label|S|1023
cs4|deviceCustomString4|S|4000
cs4Label|deviceCustomString4Label|S|1023
cs5|deviceCustomString5|S|4000
cs5Label|deviceCustomString5Label|S|1023
cs6|deviceCustomString6|S|4000
cs6Label|deviceCustomString6Label|S|1023
destinationDnsDomain|=|S|255
destinationServiceName|=|S|1023
destinationTranslatedAddress|=|IP4|
destinationTranslatedPort|=|I|
deviceCustomDate1|=|T|
deviceCustomDate1Label|=|S|1023
deviceCustomDate2|=|T|
deviceCustomDate2Label|=|S|1023
deviceDirection|=|I|
deviceDnsDomain|=|S|255
deviceExternalId|=|S|255
deviceFacility|=|S|1023
deviceInboundInterface|=|S|128
deviceNtDomain|=|S|255
deviceOutboundInterface|=|S|128
devicePayloadId|=|S|128
deviceProcessName|=|S|1023
deviceTranslatedAddress|=|IP4|
dhost|destinationHostName|S|1023
dmac|deviceMacAddress|MAC|
dntdom|destinationNtDomain|S|255
dpid|destinationProcessId|I|
dpriv|destinationUserPrivileges|S|1023
dproc|destinationProcessName|S|1023
dpt|destinationPort|I|
dst|destinationAddress|IP4|
dtz|deviceTimeZone|S|255
duid|destinationUserId|S|1023
duser|destinationUserName|S|1023
dvc|deviceAddress|IP4|
dvchost|deviceHostName|S|100
dvcpid|deviceProcessId|I|
end|endTime|T|
externalId|=|S|40
fileCreateTime|=|T|
fileHash|=|S|255
fileId|=|S|1023
fileModificationTime|=|T|
filePath|=|S|1023
filePermission|=|S|1023
fileType|=|S|1023
flexDate1|=|T|
flexDate1Label|=|S|128
flexString1|=|S|1023
flexString1Label|flexString2Label|S|128
flexString2|=|S|1023
flexString2Label|=|S|128
fname|filename|S|1023
fsize|fileSize|I|
in|bytesIn|I|
msg|message|S|1023
oldFileCreateTime|=|T|
oldFileHash|=|S|255
oldFileId|=|S|1023
oldFileModificationTime|=|T|
oldFileName|=|S|1023
oldFilePath|=|S|1023
oldFilePermission|=|S|1023
oldFileSize|=|I|
oldFileType|=|S|1023
out|bytesOut|I|
outcome|eventOutcome|S|63
proto|transportProtocol|S|31
reason|=|S|1023
request|requestUrl|S|1023
requestClientApplication|=|S|1023
requestContext|=|S|2048
requestCookies|=|S|1023
requestMethod|=|S|1023
rt|deviceReceiptTime|T|
shost|sourceHostName|S|1023
smac|sourceMacAddress|MAC|
sntdom|sourceNtDomain|S|255
sourceDnsDomain|=|S|255
sourceServiceName|=|S|1023
sourceTranslatedAddress|=|IP4|
sourceTranslatedPort|=|I|
spid|sourceProcessId|I|
spriv|sourceUserPrivileges|S|1023
sproc|sourceProcessName|S|1023
spt|sourcePort|I|
src|sourceAddress|IP4|
start|startTime|T|
suid|sourceUserId|S|1023
suser|sourceUserName|S|1023
type|=|I|
`

/** Added by CEF 1.2, for producers and consumers alike. */
const added = `
agentTranslatedZoneKey|Agent Translated Zone Key|L|
agentZoneKey|Agent Zone Key|L|
customerKey|Customer Key|L|
dTranslatedZoneKey|Destination Translated Zone Key|L|
dZoneKey|Destination Zone Key|L|
deviceTranslatedZoneKey|Device Translated Zone Key|L|
deviceZoneKey|Device Zone Key|L|
sTranslatedZoneKey|Source Translated Zone Key|L|
sZoneKey|Source Zone Key|L|
reportedDuration|Reported Duration|L|
reportedResourceGroupName|Reported Resource Group Name|S|128
reportedResourceID|Reported Resource ID|S|256
reportedResourceName|Reported Resource Name|S|64
reportedResourceType|Reported Resource Type|S|64
frameworkName|Framework Name|S|256
threatActor|Threat actor|S|40
threatAttackID|Threat Attack ID|S|32
`

const consumer = `
agentDnsDomain|=|S|255
agentNtDomain|=|S|255
agentTranslatedAddress|=|IP|
agentTranslatedZoneExternalID|=|S|200
agentTranslatedZoneURI|=|S|2048
agentZoneExternalID|=|S|200
agentZoneURI|=|S|2048
agt|agentAddress|IP|
ahost|agentHostName|S|1023
aid|agentId|S|40
amac|agentMacAddress|MAC|
art|agentReceiptTime|T|
at|agentType|S|63
atz|agentTimeZone|S|255
av|agentVersion|S|31
customerExternalID|=|S|200
customerURI|=|S|2048
destinationTranslatedZoneExternalID|=|S|200
destinationTranslatedZoneURI|=|S|2048
destinationZoneExternalID|=|S|200
destinationZoneURI|=|S|2048
deviceTranslatedZoneExternalID|=|S|200
deviceTranslatedZoneURI|=|S|2048
deviceZoneExternalID|=|S|200
deviceZoneURI|=|S|2048
dlat|destinationGeoLatitude|D|
dlong|destinationGeoLongitude|D|
eventId|=|L|
rawEvent|=|S|4000
slat|sourceGeoLatitude|D|
slong|sourceGeoLongitude|D|
sourceTranslatedZoneExternalID|=|S|200
sourceTranslatedZoneURI|=|S|2048
sourceZoneExternalID|=|S|200
sourceZoneURI|=|S|2048
`

/**
 * What the published rows get wrong: `c6a2` and `dvcmac` are missing although chapter 3 and v23 have
 * them; `dmac` is printed with dvcmac's name; flexString1Label with flexString2's; `flexNumber*` is
 * in v23 and in ESM only; `in`, `out` and file sizes are Long in ESM, and real files pass 4 GB.
 */
const corrections = `
c6a2|deviceCustomIPv6Address2|IP6|
c6a2Label|deviceCustomIPv6Address2Label|S|1023
dmac|destinationMacAddress|MAC|
dvcmac|deviceMacAddress|MAC|
flexString1Label|=|S|128
flexNumber1|=|L|
flexNumber1Label|=|S|128
flexNumber2|=|L|
flexNumber2Label|=|S|128
in|bytesIn|L|
out|bytesOut|L|
fsize|fileSize|L|
oldFileSize|=|L|
`

const types: Record<string, CefType> = {
  S: 'string',
  I: 'integer',
  L: 'long',
  D: 'double',
  T: 'time',
  IP: 'address',
  IP4: 'address4',
  IP6: 'address6',
  MAC: 'mac',
}

const integer = [-(2n ** 31n), 2n ** 31n - 1n] as const
const long = [-(2n ** 63n), 2n ** 63n - 1n] as const
const port = [0n, 65_535n] as const
const size = [0n, 2n ** 63n - 1n] as const

/** Ranges narrower than the type's, as the standard's descriptions give them. */
const ranges: Record<string, CefKey['range']> = {
  spt: port,
  dpt: port,
  sourceTranslatedPort: port,
  destinationTranslatedPort: port,
  in: size,
  out: size,
  fsize: size,
  oldFileSize: size,
  cnt: [0n, 2n ** 31n - 1n],
  deviceDirection: [0n, 1n],
  type: [0n, 3n],
}

/** All keys: producers', those of CEF 1.2, and consumers', with the corrections applied. */
export const dictionary: ReadonlyMap<string, CefKey> = new Map(
  [
    ...rows(producer, 'producer'),
    ...rows(added, 'cef-1.2'),
    ...rows(consumer, 'consumer'),
    ...rows(corrections, 'producer'),
  ].map((row) => [row.key, row]),
)

function rows(table: string, origin: CefKey['origin']): CefKey[] {
  return table
    .trim()
    .split('\n')
    .map((row) => {
      const [key = '', name = '', letter = '', length = ''] = row.split('|')
      const type = types[letter]
      if (type === undefined) throw new Error(`The CEF dictionary's row "${row}" has no type`)
      return {
        key,
        name: name === '=' ? key : name,
        type,
        length: length === '' ? undefined : Number(length),
        origin,
        range: ranges[key] ?? (type === 'integer' ? integer : type === 'long' ? long : undefined),
        labels: key.endsWith('Label') ? key.slice(0, -'Label'.length) : undefined,
      }
    })
}

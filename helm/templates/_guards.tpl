{{/*
Contradictions, each a sentence with its cure. All of them are said at once, as Cefline says all that is
wrong with a configuration. What the configuration's options mean is Cefline's to judge; here is
only what becomes wrong by being in this chart.
*/}}
{{- define "cefline.guards" -}}
{{- $faults := list -}}
{{- range list "replicas" "components" "owned" "spool" "name" "claim" "grace" "test" "folders" "listens" "mounts" "dropFolders" "token" "network" "monitors" -}}
{{- $faults = concat $faults (include (printf "cefline.guard.%s" .) $ | fromJsonArray) -}}
{{- end -}}
{{- $faults = concat $faults (include "cefline.guard.secrets" $ | fromJsonArray) -}}
{{- with $faults -}}
{{- printf "\n\nThese values cannot be used:\n- %s\n" (join "\n- " .) | fail -}}
{{- end -}}
{{- end -}}

{{- define "cefline.guard.replicas" -}}
{{- $faults := list -}}
{{- if gt (int .Values.replicas) 1 -}}
{{- $faults = append $faults (printf "replicas is %d: one process owns a spool, and two would give every record twice; set 1, and a second release for a second appliance" (int .Values.replicas)) -}}
{{- end -}}
{{- toJson $faults -}}
{{- end -}}

{{- define "cefline.guard.components" -}}
{{- $faults := list -}}
{{- range $kind, $example := dict "sources" "activity: { type: netwrix-api, url: 'https://auditor.example.com:9699', … }" "destinations" "siem: { type: syslog, url: 'tls://sensor.example.com:6514' }" -}}
{{- if not (get $.Values.config $kind) -}}
{{- $faults = append $faults (printf "config.%s is empty; set one, such as %s" $kind $example) -}}
{{- end -}}
{{- end -}}
{{- toJson $faults -}}
{{- end -}}

{{/* What the chart says itself. */}}
{{- define "cefline.guard.owned" -}}
{{- $faults := list -}}
{{- if hasKey (get .Values.config "spool" | default dict) "folder" -}}
{{- $faults = append $faults (printf "config.spool.folder is the chart's (%s/spool, on the volume); leave it out" (include "cefline.data" .)) -}}
{{- end -}}
{{- if hasKey (get .Values.config "status" | default dict) "listen" -}}
{{- $faults = append $faults "config.status.listen is the chart's, as probes and services go to port 8514; leave it out" -}}
{{- end -}}
{{- range .Values.env -}}
{{- if has .name (list "DATA_FOLDER" "STATUS_LISTEN" "STATUS_TOKEN_FILE" "CEFLINE_CONFIG") -}}
{{- $faults = append $faults (printf "env has %s, which the chart sets; leave it out" .name) -}}
{{- end -}}
{{- end -}}
{{- toJson $faults -}}
{{- end -}}

{{- define "cefline.guard.spool" -}}
{{- $faults := list -}}
{{- $acknowledgement := "I understand that events are lost with the pod" -}}
{{- with .Values.persistence -}}
{{- if and (not .enabled) (ne .acknowledgement $acknowledgement) -}}
{{- $faults = append $faults (printf "persistence.enabled is false: every event that the SIEM has not yet received is lost with the pod, and every record is read again; for a trial set persistence.acknowledgement to %q" $acknowledgement) -}}
{{- end -}}
{{- if and .enabled (not .existingClaim) -}}
{{- $spool := get $.Values.config "spool" | default dict -}}
{{- $size := include "cefline.bytes" (toString .size) | int64 -}}
{{- $most := include "cefline.bytes" (toString (get $spool "maxBytes" | default "10GB")) | int64 -}}
{{- $reserve := include "cefline.bytes" (toString (get $spool "reserve" | default "256MB")) | int64 -}}
{{- if and $size $most (gt (add $most $reserve) $size) -}}
{{- $faults = append $faults (printf "persistence.size (%s) is smaller than config.spool.maxBytes (%v) and reserve (%v) together: the volume would be full before the spool is; make it larger, or maxBytes smaller" (toString .size) (get $spool "maxBytes" | default "10GB") (get $spool "reserve" | default "256MB")) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $faults -}}
{{- end -}}

{{/* Another name is another StatefulSet with a claim of its own: what the old spool has not sent would wait there for ever. One
chart may have several of this one, each under a name of its own: there only what has that name is a predecessor. */}}
{{- define "cefline.guard.name" -}}
{{- $faults := list -}}
{{- $name := include "cefline.fullname" . -}}
{{- if and .Release.IsUpgrade .Values.persistence.enabled (not .Values.persistence.existingClaim) -}}
{{- range dig "items" list (lookup "apps/v1" "StatefulSet" .Release.Namespace "") -}}
{{- $labels := dig "metadata" "labels" dict . -}}
{{- $isOurs := and (eq (toString (get $labels "app.kubernetes.io/instance")) $.Release.Name) (eq (toString (get $labels "app.kubernetes.io/part-of")) "cefline") -}}
{{- $isBefore := or $.Chart.IsRoot (eq (toString (get $labels "app.kubernetes.io/name")) (include "cefline.name" $)) -}}
{{- if and $isOurs $isBefore (ne .metadata.name $name) -}}
{{- $faults = append $faults (printf "the release would be called %s and begin with an empty spool: what %s has not sent would stay in the claim data-%s-0; leave nameOverride and fullnameOverride as they were, or set persistence.existingClaim to data-%s-0" $name .metadata.name .metadata.name .metadata.name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $faults -}}
{{- end -}}

{{/* Kubernetes refuses another claim of a StatefulSet that is there, in words of its own. `lookup` finds nothing where there is no cluster. */}}
{{- define "cefline.guard.claim" -}}
{{- $faults := list -}}
{{- $name := include "cefline.fullname" . -}}
{{- with lookup "apps/v1" "StatefulSet" .Release.Namespace $name -}}
{{- $there := include "cefline.claimShape" (dig "spec" "volumeClaimTemplates" list .) -}}
{{- $next := include "cefline.claimShape" (ternary (include "cefline.claimTemplates" $ | fromYamlArray) list (and $.Values.persistence.enabled (not $.Values.persistence.existingClaim))) -}}
{{- if ne $there $next -}}
{{- $faults = append $faults (printf "persistence asks for another claim (size, access mode, class, annotations, or none) than that of the StatefulSet that is there, which Kubernetes does not change; enlarge or annotate the claim data-%s-0 itself, then kubectl -n %s delete statefulset %s --cascade=orphan, which leaves pod and spool, and upgrade again" $name $.Release.Namespace $name) -}}
{{- end -}}
{{- end -}}
{{- toJson $faults -}}
{{- end -}}

{{/* What of claims can never change; a size as bytes, as Kubernetes writes 1024Mi as 1Gi. */}}
{{- define "cefline.claimShape" -}}
{{- range . -}}
{{- include "cefline.bytes" (dig "spec" "resources" "requests" "storage" "" . | toString) }} {{ dig "spec" "accessModes" list . }} {{ dig "spec" "storageClassName" "" . }} {{ dig "metadata" "annotations" dict . | toJson }};
{{- end -}}
{{- end -}}

{{/* Bytes of `20Gi`, `20G`, `10GB`, `10GiB` or `1000`; 0 of what is none. */}}
{{- define "cefline.bytes" -}}
{{- $units := dict "" 1 "k" 1000 "m" 1000000 "g" 1000000000 "t" 1000000000000 "p" 1000000000000000 "ki" 1024 "mi" 1048576 "gi" 1073741824 "ti" 1099511627776 "pi" 1125899906842624 -}}
{{- $text := . -}}
{{- /* A large number of the values is a float. */ -}}
{{- if regexMatch "^[0-9.]+e\\+[0-9]+$" $text -}}{{- $text = float64 $text | int64 | toString -}}{{- end -}}
{{- $number := regexFind "^[0-9]+(\\.[0-9]+)?" $text -}}
{{- $unit := trimPrefix $number $text | trim | lower | trimSuffix "b" -}}
{{- if and $number (hasKey $units $unit) -}}
{{- mulf (float64 $number) (get $units $unit) | int64 -}}
{{- else -}}0{{- end -}}
{{- end -}}

{{/* What is out at a stop has two seconds to be proven; where nothing proves it, `receiptAfter`. */}}
{{- define "cefline.guard.grace" -}}
{{- $faults := list -}}
{{- $units := dict "ms" 0.001 "s" 1 "m" 60 "h" 3600 "d" 86400 -}}
{{- range $name, $destination := get .Values.config "destinations" | default dict -}}
{{- if kindIs "map" $destination -}}
{{- $after := toString (get $destination "receiptAfter") -}}
{{- if and (eq (toString (get $destination "type")) "syslog") (regexMatch "^[0-9.]+(ms|s|m|h|d)$" $after) -}}
{{- $seconds := mulf (regexFind "^[0-9.]+" $after | float64) (get $units (regexFind "[a-z]+$" $after)) -}}
{{- if ge $seconds (float64 $.Values.terminationGracePeriodSeconds) -}}
{{- $faults = append $faults (printf "config.destinations.%s.receiptAfter is %s and terminationGracePeriodSeconds %d: it would be killed while it waits for a receipt; make the latter longer" $name $after (int $.Values.terminationGracePeriodSeconds)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $faults -}}
{{- end -}}

{{- define "cefline.guard.token" -}}
{{- $faults := list -}}
{{- $secret := .Values.status.existingSecret -}}
{{- if and $secret (hasKey (get .Values.config "status" | default dict) "token") -}}
{{- $faults = append $faults "config.status.token and status.existingSecret are both set; leave the first out" -}}
{{- end -}}
{{- if and (not $secret) (eq (toString .Values.tests.enabled) "true") -}}
{{- $faults = append $faults "tests.enabled is true without status.existingSecret: the test event is sent by the API, which wants the token; name the Secret that has it" -}}
{{- end -}}
{{- if .Values.ingress.enabled -}}
{{- $status := get .Values.config "status" | default dict -}}
{{- if not (or $secret (get $status "token") (get $status "tokens")) -}}
{{- $faults = append $faults "ingress.enabled is true without status.existingSecret: beyond loopback the page is served with a token only; name the Secret that has it" -}}
{{- end -}}
{{- if not .Values.ingress.tls -}}
{{- $faults = append $faults "ingress.enabled is true without ingress.tls: the token would go over the network in the clear; name a certificate" -}}
{{- end -}}
{{- if not .Values.ingress.hosts -}}
{{- $faults = append $faults "ingress.enabled is true without ingress.hosts; name the page's host" -}}
{{- end -}}
{{- end -}}
{{- toJson $faults -}}
{{- end -}}

{{/* The test event is one of Cefline's own, and goes where these go. */}}
{{- define "cefline.guard.test" -}}
{{- $faults := list -}}
{{- $cure := "set tests.enabled: false, or" -}}
{{- if include "cefline.tests" . -}}
{{- $readers := list -}}
{{- range $name, $destination := get .Values.config "destinations" | default dict -}}
{{- if kindIs "map" $destination -}}
{{- /* That a text is no list of names is Cefline's to say. */ -}}
{{- $from := get $destination "from" -}}
{{- if and $from (kindIs "string" $from) -}}{{- $from = list $from -}}{{- end -}}
{{- if or (and (not $from) (ne (toString (get $destination "type")) "s3")) (has "cefline" ($from | default list)) -}}{{- $readers = append $readers $name -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- if eq (toString (get (get .Values.config "own" | default dict) "events")) "false" -}}
{{- $faults = append $faults (printf "config.own.events is false, and the event of helm test is one of Cefline's own; %s turn them on" $cure) -}}
{{- else if and (get .Values.config "destinations") (not $readers) -}}
{{- $faults = append $faults (printf "no destination gets Cefline's own events, of which the event of helm test is one; %s add cefline to from of one" $cure) -}}
{{- end -}}
{{- end -}}
{{- toJson $faults -}}
{{- end -}}

{{- define "cefline.guard.monitors" -}}
{{- $faults := list -}}
{{- if and .Values.serviceMonitor.enabled .Values.podMonitor.enabled -}}
{{- $faults = append $faults "serviceMonitor and podMonitor are both enabled: every metric would be there twice; enable one" -}}
{{- end -}}
{{- toJson $faults -}}
{{- end -}}

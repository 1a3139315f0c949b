{{/*
Guards of places: folders that are on a volume, ports that can be reached, files that are mounted, and
rules of the network.
*/}}
{{/* The root file system is read-only: folders must be on a volume, and those of a read-only one are kept as they are. */}}
{{- define "cefline.guard.folders" -}}
{{- $faults := list -}}
{{- $writable := list (include "cefline.data" .) -}}
{{- $readable := list -}}
{{- range $name, $folder := .Values.dropFolders -}}
{{- $path := include "cefline.dropPath" (list $name $folder) -}}
{{- if $folder.readOnly -}}{{- $readable = append $readable $path -}}{{- else -}}{{- $writable = append $writable $path -}}{{- end -}}
{{- end -}}
{{- range .Values.extraVolumeMounts -}}
{{- if .readOnly -}}{{- $readable = append $readable .mountPath -}}{{- else -}}{{- $writable = append $writable .mountPath -}}{{- end -}}
{{- end -}}
{{- $paths := list -}}
{{- range $name, $source := get .Values.config "sources" | default dict -}}
{{- if kindIs "map" $source -}}
{{- $type := toString (get $source "type") -}}
{{- $place := printf "config.sources.%s" $name -}}
{{- $keeps := eq (toString (get $source "after")) "keep" -}}
{{- if or (eq $type "netwrix-alerts") (eq $type "timeline") (eq $type "netwrix-push") -}}
{{- $paths = append $paths (dict "place" (printf "%s.folder" $place) "path" (toString (get $source "folder" | default "(not set)")) "keeps" $keeps) -}}
{{- range $option := list "done" "failed" -}}
{{- with get $source $option -}}{{- $paths = append $paths (dict "place" (printf "%s.%s" $place $option) "path" (toString .) "keeps" false) -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $name, $destination := get .Values.config "destinations" | default dict -}}
{{- if kindIs "map" $destination -}}
{{- if eq (toString (get $destination "type")) "file" -}}
{{- $paths = append $paths (dict "place" (printf "config.destinations.%s.path" $name) "path" (toString (get $destination "path" | default "(not set)")) "keeps" false) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $paths -}}
{{- $isWritable := include "cefline.isBelow" (list .path $writable) -}}
{{- $isReadable := include "cefline.isBelow" (list .path $readable) -}}
{{- if and $isReadable (not .keeps) -}}
{{- $faults = append $faults (printf "%s is %s, on a read-only volume; set after: keep (and no done or failed), or readOnly: false" .place .path) -}}
{{- else if not (or $isWritable $isReadable) -}}
{{- $faults = append $faults (printf "%s is %s, which is on no volume; put it below one of %s, or name a folder in dropFolders" .place .path (join ", " (concat $writable $readable))) -}}
{{- end -}}
{{- end -}}
{{- toJson $faults -}}
{{- end -}}

{{/* Whether a path is one of the folders or below one: "true" or nothing; `(list path folders)`. */}}
{{- define "cefline.isBelow" -}}
{{- $path := clean (index . 0) -}}
{{- $found := false -}}
{{- range index . 1 -}}
{{- if or (eq $path (clean .)) (hasPrefix (printf "%s/" (clean .)) $path) -}}{{- $found = true -}}{{- end -}}
{{- end -}}
{{- if $found -}}true{{- end -}}
{{- end -}}

{{- define "cefline.guard.listens" -}}
{{- $faults := list -}}
{{- range $name, $source := get .Values.config "sources" | default dict -}}
{{- if kindIs "map" $source -}}
{{- if eq (toString (get $source "type")) "netwrix-push" -}}
{{- $listen := toString (get $source "listen" | default "127.0.0.1:8515") -}}
{{- if regexMatch "^(127\\.|localhost|\\[::1\\])" $listen -}}
{{- $faults = append $faults (printf "config.sources.%s.listen is %s, where only the pod itself can send; set 0.0.0.0:8515, or [::]:8515 where pods have IPv6 addresses" $name $listen) -}}
{{- end -}}
{{- if regexMatch ":8514$" $listen -}}
{{- $faults = append $faults (printf "config.sources.%s.listen is %s, and 8514 is the status page's; set 0.0.0.0:8515" $name $listen) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $faults -}}
{{- end -}}

{{/* Files of secrets and certificates that the configuration names are mounted, and each name once. */}}
{{- define "cefline.guard.mounts" -}}
{{- $faults := list -}}
{{- $configuration := toJson .Values.config -}}
{{- $extra := list -}}
{{- range .Values.extraVolumeMounts -}}{{- $extra = append $extra .mountPath -}}{{- end -}}
{{- $certificates := concat .Values.certificates.secrets .Values.certificates.configMaps (keys .Values.certificates.issued) -}}
{{- $mounted := dict "secrets" (include "cefline.secretNames" . | fromJsonArray) "certificates" $certificates -}}
{{- range $kind, $cure := dict "secrets" "secrets" "certificates" "certificates.secrets, certificates.configMaps or certificates.issued" -}}
{{- range uniq (regexFindAll (printf "/etc/cefline/%s/[A-Za-z0-9._-]+" $kind) $configuration -1) -}}
{{- if not (or (has (base .) (get $mounted $kind)) (include "cefline.isBelow" (list . $extra))) -}}
{{- $faults = append $faults (printf "the configuration reads %s, which is not mounted; add %s to %s" . (base .) $cure) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if ne (len $certificates) (len (uniq $certificates)) -}}
{{- $faults = append $faults (printf "certificates has one name twice (%s): each is a folder of its own" (sortAlpha $certificates | join ", ")) -}}
{{- end -}}
{{- toJson $faults -}}
{{- end -}}

{{- define "cefline.guard.dropFolders" -}}
{{- $faults := list -}}
{{- $paths := dict -}}
{{- range $name, $folder := .Values.dropFolders -}}
{{- $ways := list -}}
{{- range list "existingClaim" "smb" "nfs" -}}{{- if get $folder . -}}{{- $ways = append $ways . -}}{{- end -}}{{- end -}}
{{- if ne (len $ways) 1 -}}
{{- $faults = append $faults (printf "dropFolders.%s has %s; set one of existingClaim, smb and nfs" $name (join " and " $ways | default "no volume")) -}}
{{- end -}}
{{- if and $folder.smb (kindIs "invalid" $.Values.runAs.user) (not $folder.mountOptions) -}}
{{- $faults = append $faults (printf "dropFolders.%s is an SMB share and runAs.user is null: a share is mounted for one user; set runAs.user, or dropFolders.%s.mountOptions" $name $name) -}}
{{- end -}}
{{- $path := include "cefline.dropPath" (list $name $folder) -}}
{{- if hasKey $paths $path -}}
{{- $faults = append $faults (printf "dropFolders.%s and dropFolders.%s are both mounted at %s; give each a mountPath of its own" (get $paths $path) $name $path) -}}
{{- end -}}
{{- $_ := set $paths $path $name -}}
{{- end -}}
{{- toJson $faults -}}
{{- end -}}

{{- define "cefline.guard.network" -}}
{{- $faults := list -}}
{{- with .Values.networkPolicy -}}
{{- if .enabled -}}
{{- if not .extraEgress -}}
{{- range include "cefline.urls" $ | fromJsonArray -}}
{{- if not (include "cefline.address" . | fromJson) -}}
{{- $faults = append $faults (printf "a url of the configuration (%s) does not say where it leads, so that no rule can be made of it; write host and port into it, or add the rule to networkPolicy.extraEgress" (regexReplaceAll "//[^/@]*@" . "//")) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $hosts := list -}}
{{- range include "cefline.urls" $ | fromJsonArray -}}{{- $hosts = append $hosts (get (include "cefline.address" . | fromJson) "host") -}}{{- end -}}
{{- range $host, $_ := .addresses -}}
{{- if not (has $host $hosts) -}}
{{- $faults = append $faults (printf "networkPolicy.addresses has %s, and no url of the configuration leads there, so that nothing is held to these addresses; write the host as the url has it, in small letters, or leave it out" $host) -}}
{{- end -}}
{{- end -}}
{{- if and (include "cefline.pushPorts" $ | fromJson) (not .ingress.push) -}}
{{- $faults = append $faults "config.sources has a netwrix-push, and networkPolicy.ingress.push lets nobody send to it; name the senders, such as [{ ipBlock: { cidr: 10.0.0.5/32 } }]" -}}
{{- end -}}
{{- range $switch := list "serviceMonitor" "podMonitor" "ingress" -}}
{{- if and (get (get $.Values $switch) "enabled") (not $.Values.networkPolicy.ingress.http) -}}
{{- $faults = append $faults (printf "%s.enabled is true, and networkPolicy.ingress.http lets nobody in; name who may, such as [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: monitoring } } }]" $switch) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $faults -}}
{{- end -}}

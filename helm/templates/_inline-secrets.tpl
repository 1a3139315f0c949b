{{/*
A secret must not stand in the values: they are kept with the release, in the ConfigMap, and often in a
repository. Where one belongs there may be a reference alone. What is found is never shown.
*/}}
{{- define "cefline.guard.secrets" -}}
{{- $faults := include "cefline.inlineSecrets" (dict "path" "config" "key" "" "value" .Values.config) | fromJsonArray -}}
{{- range .Values.env -}}
{{- if and .value (regexMatch "(?i)(password|passphrase|secret|token|credential|private_?key)" .name) (not (regexMatch "(?i)_file$" .name)) -}}
{{- $faults = append $faults (printf "env has a value for %s, which looks like a secret; use valueFrom.secretKeyRef" .name) -}}
{{- end -}}
{{- end -}}
{{- toJson $faults -}}
{{- end -}}

{{/* Faults in a part of the configuration; `path`, its last `key`, `value`. */}}
{{- define "cefline.inlineSecrets" -}}
{{- $faults := list -}}
{{- $path := .path -}}
{{- $key := .key -}}
{{- if kindIs "map" .value -}}
{{- range $name, $item := .value -}}
{{- $faults = concat $faults (include "cefline.inlineSecrets" (dict "path" (printf "%s.%s" $path $name) "key" $name "value" $item) | fromJsonArray) -}}
{{- end -}}
{{- else if kindIs "slice" .value -}}
{{- range $index, $item := .value -}}
{{- $faults = concat $faults (include "cefline.inlineSecrets" (dict "path" (printf "%s.%d" $path $index) "key" $key "value" $item) | fromJsonArray) -}}
{{- end -}}
{{- else if not (kindIs "invalid" .value) -}}
{{- $text := toString .value -}}
{{- /* Names of a record's fields, which may be called anything. */ -}}
{{- $isField := regexMatch "^config\\.(tests|sources\\..+\\.(filter|mapping\\.(fields|header|severity|privacy\\.fields)))\\." $path -}}
{{- $isSecret := or (regexMatch "(?i)(password|passphrase|passwd|secret|token|api_?key)s?$" $key) (hasSuffix "privacy.key" $path) (hasPrefix "config.status.tokens." $path) -}}
{{- $isReference := regexMatch "^\\$\\{(file|env):[^}]+\\}$" $text -}}
{{- $rest := regexReplaceAll "\\$\\{(file|env):[^}]+\\}" $text "" -}}
{{- if and $isSecret (not $isField) (not $isReference) -}}
{{- $faults = append $faults (printf "%s holds what looks like a secret; put it into a Secret, name that in secrets, and write ${file:/etc/cefline/secrets/NAME/KEY}" $path) -}}
{{- else if regexMatch "://[^/@\\s]*:[^/@\\s]+@" $rest -}}
{{- $faults = append $faults (printf "%s holds a url with a password; put the url into a Secret, name that in secrets, and write ${file:/etc/cefline/secrets/NAME/KEY}" $path) -}}
{{- else if regexMatch "-----BEGIN [A-Z0-9 ]*PRIVATE KEY" $text -}}
{{- $faults = append $faults (printf "%s holds a private key; put it into a Secret, name that in certificates.secrets, and write the path of the file" $path) -}}
{{- end -}}
{{- end -}}
{{- toJson $faults -}}
{{- end -}}

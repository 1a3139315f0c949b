{{/*
What is mounted where. ConfigMaps and Secrets are mounted as whole folders and never by subPath: what
they hold changes in place then, and Cefline takes it over without a restart.
*/}}

{{/* Folder of the volume; the spool is a folder in it that Cefline makes for itself alone. */}}
{{- define "cefline.data" -}}/var/lib/cefline{{- end -}}

{{/* Secrets that are mounted, by name: `secrets` and that of the status page's token. */}}
{{- define "cefline.secretNames" -}}
{{- $names := .Values.secrets -}}
{{- with .Values.status.existingSecret -}}{{- $names = append $names . -}}{{- end -}}
{{- uniq $names | toJson -}}
{{- end -}}

{{/* Secret of a certificate that cert-manager issues; `(list . "name")`. */}}
{{- define "cefline.issuedSecret" -}}
{{- printf "%s-%s" (include "cefline.fullname" (index . 0)) (index . 1) | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/*
Claim of a drop folder; `(list . "name" folder)`. Kubernetes changes neither a volume's source nor a
claim, so that another share is another volume: the name of one that the chart makes ends in what it is made of.
*/}}
{{- define "cefline.dropClaim" -}}
{{- $folder := index . 2 -}}
{{- if $folder.existingClaim -}}
{{- $folder.existingClaim -}}
{{- else -}}
{{- $name := printf "%s-drop-%s" (include "cefline.fullname" (index . 0)) (index . 1) | trunc 54 | trimSuffix "-" -}}
{{- $made := list (index . 1) (omit $folder "mountPath" "subPath") (index . 0).Values.runAs.user (index . 0).Values.runAs.group -}}
{{- printf "%s-%s" $name (toJson $made | sha256sum | trunc 8) -}}
{{- end -}}
{{- end -}}

{{/* Where a drop folder is mounted; `(list "name" folder)`. */}}
{{- define "cefline.dropPath" -}}
{{- (index . 1).mountPath | default (printf "/drop/%s" (index . 0)) -}}
{{- end -}}

{{- define "cefline.volumes" -}}
- name: config
  configMap:
    name: {{ include "cefline.fullname" . }}
    defaultMode: 0444
{{- range include "cefline.secretNames" . | fromJsonArray }}
- name: {{ printf "secret-%s" (. | replace "." "-") | trunc 63 | trimSuffix "-" }}
  secret:
    secretName: {{ . }}
    defaultMode: 0440
{{- end }}
{{- range .Values.certificates.secrets }}
- name: {{ printf "cert-%s" (. | replace "." "-") | trunc 63 | trimSuffix "-" }}
  secret:
    secretName: {{ . }}
    defaultMode: 0440
{{- end }}
{{- range .Values.certificates.configMaps }}
- name: {{ printf "ca-%s" (. | replace "." "-") | trunc 63 | trimSuffix "-" }}
  configMap:
    name: {{ . }}
    defaultMode: 0444
{{- end }}
{{- range $name, $_ := .Values.certificates.issued }}
- name: {{ printf "issued-%s" $name | trunc 63 | trimSuffix "-" }}
  secret:
    secretName: {{ include "cefline.issuedSecret" (list $ $name) }}
    defaultMode: 0440
{{- end }}
{{- range $name, $folder := .Values.dropFolders }}
- name: {{ printf "drop-%s" $name | trunc 63 | trimSuffix "-" }}
  persistentVolumeClaim:
    claimName: {{ include "cefline.dropClaim" (list $ $name $folder) }}
    {{- if $folder.readOnly }}
    readOnly: true
    {{- end }}
{{- end }}
- name: tmp
  emptyDir:
    sizeLimit: 256Mi
{{- if not .Values.persistence.enabled }}
- name: data
  emptyDir: {}
{{- else if .Values.persistence.existingClaim }}
- name: data
  persistentVolumeClaim:
    claimName: {{ .Values.persistence.existingClaim }}
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "cefline.mounts" -}}
- name: config
  mountPath: /etc/cefline/config
  readOnly: true
{{- range include "cefline.secretNames" . | fromJsonArray }}
- name: {{ printf "secret-%s" (. | replace "." "-") | trunc 63 | trimSuffix "-" }}
  mountPath: /etc/cefline/secrets/{{ . }}
  readOnly: true
{{- end }}
{{- range .Values.certificates.secrets }}
- name: {{ printf "cert-%s" (. | replace "." "-") | trunc 63 | trimSuffix "-" }}
  mountPath: /etc/cefline/certificates/{{ . }}
  readOnly: true
{{- end }}
{{- range .Values.certificates.configMaps }}
- name: {{ printf "ca-%s" (. | replace "." "-") | trunc 63 | trimSuffix "-" }}
  mountPath: /etc/cefline/certificates/{{ . }}
  readOnly: true
{{- end }}
{{- range $name, $_ := .Values.certificates.issued }}
- name: {{ printf "issued-%s" $name | trunc 63 | trimSuffix "-" }}
  mountPath: /etc/cefline/certificates/{{ $name }}
  readOnly: true
{{- end }}
{{- range $name, $folder := .Values.dropFolders }}
- name: {{ printf "drop-%s" $name | trunc 63 | trimSuffix "-" }}
  mountPath: {{ include "cefline.dropPath" (list $name $folder) }}
  {{- with $folder.subPath }}
  subPath: {{ . }}
  {{- end }}
  {{- if $folder.readOnly }}
  readOnly: true
  {{- end }}
{{- end }}
- name: tmp
  mountPath: /tmp
- name: data
  mountPath: {{ include "cefline.data" . }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The claim of the spool, which a StatefulSet makes once. */}}
{{- define "cefline.claimTemplates" -}}
- metadata:
    name: data
    # It can never change: nothing of the chart's version is in it.
    labels:
      {{- include "cefline.selector" . | nindent 6 }}
    {{- with .Values.persistence.annotations }}
    annotations:
      {{- toYaml . | nindent 6 }}
    {{- end }}
  spec:
    accessModes: [{{ .Values.persistence.accessMode }}]
    {{- with .Values.persistence.storageClass }}
    storageClassName: {{ . }}
    {{- end }}
    resources:
      requests:
        storage: {{ .Values.persistence.size }}
{{- end -}}

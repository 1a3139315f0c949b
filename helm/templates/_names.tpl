{{/*
Names and labels. A StatefulSet's name ends up in a label of its pod with ten characters added, so it
has 52 at most.
*/}}
{{- define "cefline.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{- define "cefline.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What the appliance's pod is known by; it can never change. */}}
{{- define "cefline.selector" -}}
app.kubernetes.io/name: {{ include "cefline.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: appliance
{{- end -}}

{{/* Labels of the appliance's pod: not the chart's version, for a new chart with the same image is no reason to restart it. */}}
{{- define "cefline.podLabels" -}}
{{- $own := include "cefline.selector" . | fromYaml -}}
{{- $_ := set $own "app.kubernetes.io/part-of" "cefline" -}}
{{- toYaml (mergeOverwrite (deepCopy .Values.commonLabels) (deepCopy .Values.podLabels) $own) -}}
{{- end -}}

{{/* What the pod of `helm test` is known by. */}}
{{- define "cefline.testSelector" -}}
app.kubernetes.io/name: {{ include "cefline.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: test
{{- end -}}

{{/* Labels of an object; `(list . "component")`, and more of its own as a third entry. */}}
{{- define "cefline.labels" -}}
{{- $root := index . 0 -}}
{{- $own := dict
  "helm.sh/chart" (printf "%s-%s" $root.Chart.Name ($root.Chart.Version | replace "+" "_"))
  "app.kubernetes.io/name" (include "cefline.name" $root)
  "app.kubernetes.io/instance" $root.Release.Name
  "app.kubernetes.io/component" (index . 1)
  "app.kubernetes.io/part-of" "cefline"
  "app.kubernetes.io/version" $root.Chart.AppVersion
  "app.kubernetes.io/managed-by" $root.Release.Service -}}
{{- $more := dict -}}
{{- if gt (len .) 2 -}}{{- $more = index . 2 -}}{{- end -}}
{{- toYaml (mergeOverwrite (deepCopy $root.Values.commonLabels) (deepCopy $more) $own) -}}
{{- end -}}

{{/* The block `metadata:`; `(list . "component" "name" annotations labels)`, of which the last two may be missing. */}}
{{- define "cefline.metadata" -}}
{{- $root := index . 0 -}}
{{- $annotations := dict -}}
{{- $labels := dict -}}
{{- if gt (len .) 3 -}}{{- $annotations = index . 3 -}}{{- end -}}
{{- if gt (len .) 4 -}}{{- $labels = index . 4 -}}{{- end -}}
metadata:
  name: {{ index . 2 }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "cefline.labels" (list $root (index . 1) $labels) | nindent 4 }}
  {{- with mergeOverwrite (deepCopy $root.Values.commonAnnotations) (deepCopy $annotations) }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{- define "cefline.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "cefline.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "cefline.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Whether the pod of `helm test` is made: "true" or nothing. */}}
{{- define "cefline.tests" -}}
{{- $enabled := toString .Values.tests.enabled -}}
{{- if or (eq $enabled "true") (and (eq $enabled "auto") .Values.status.existingSecret) -}}true{{- end -}}
{{- end -}}

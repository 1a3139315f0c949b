{{/*
The restricted profile of Kubernetes' pod security standards. Nothing of it can be turned off by a
value; only whose user it is can be said.
*/}}
{{- define "cefline.podSecurity" -}}
runAsNonRoot: true
{{- with .Values.runAs }}
{{- if not (kindIs "invalid" .user) }}
runAsUser: {{ .user }}
{{- end }}
{{- if not (kindIs "invalid" .group) }}
runAsGroup: {{ .group }}
fsGroup: {{ .group }}
{{- end }}
{{- with .supplementalGroups }}
supplementalGroups:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
# Not file by file at each start: a spool and a drop folder may have many.
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "cefline.containerSecurity" -}}
allowPrivilegeEscalation: false
privileged: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities:
  drop: [ALL]
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{/* Pod Security "restricted", for every pod there is. dict root, runAsUser?, runAsGroup? */}}
{{- define "gateway.podSecurity" -}}
{{- $user := hasKey . "runAsUser" | ternary .runAsUser .root.Values.security.runAsUser -}}
{{- $group := hasKey . "runAsUser" | ternary .runAsUser .root.Values.security.runAsGroup -}}
runAsNonRoot: true
{{- if not (kindIs "invalid" $user) }}
runAsUser: {{ int $user }}
{{- end }}
{{- if not (kindIs "invalid" $group) }}
runAsGroup: {{ int $group }}
fsGroup: {{ int $group }}
fsGroupChangePolicy: OnRootMismatch
{{- end }}
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "gateway.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{/* The fields that every pod of the gateway's own images has. dict root, service, serviceAccount */}}
{{- define "gateway.podFields" -}}
serviceAccountName: {{ .serviceAccount }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext: {{- include "gateway.podSecurity" (dict "root" .root) | nindent 2 }}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .service.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .service.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .service.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .service.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
volumes:
  - name: tmp
    emptyDir: {sizeLimit: 64Mi}
  {{- with .root.Values.tls.caSecret }}
  - name: tls
    secret: {secretName: {{ . }}, defaultMode: 0444}
  {{- end }}
{{- end -}}

{{- define "gateway.volumeMounts" -}}
- {name: tmp, mountPath: /tmp}
{{- if .Values.tls.caSecret }}
- {name: tls, mountPath: /etc/gateway/tls, readOnly: true}
{{- end }}
{{- end -}}

{{/* Plain settings first, then what comes from Secrets. dict root, service */}}
{{- define "gateway.env" -}}
{{- $root := .root -}}
{{- $service := .service -}}
- {name: GATEWAY_ENV, value: {{ $root.Values.environment | quote }}}
- {name: BIND_HOST, value: {{ $root.Values.bindHost | quote }}}
- {name: METRICS_PORT, value: {{ $root.Values.metricsPort | quote }}}
- {name: SHUTDOWN_GRACE_S, value: {{ $service.shutdown.graceSeconds | quote }}}
{{- if $service.http.port }}
- {name: PORT, value: {{ $service.http.port | quote }}}
{{- end }}
{{- with $root.Values.tracing.otlpEndpoint }}
- {name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ . | quote }}}
{{- end }}
{{- if $root.Values.evaluation.testMode }}
- {name: TEST_MODE, value: "true"}
{{- end }}
{{- if $root.Values.evaluation.shortWebhookRetries }}
- {name: WEBHOOK_RETRY_INTERVALS_TEST, value: "true"}
{{- end }}
{{- range $name, $text := $service.env }}
{{- with tpl $text $root }}
- {name: {{ $name }}, value: {{ . | quote }}}
{{- end }}
{{- end }}
{{- range $service.secretEnv }}
{{- $ref := get $root.Values.secretRefs . }}
- name: {{ . }}
  valueFrom:
    secretKeyRef: {name: {{ $ref.name | default $root.Values.existingSecret }}, key: {{ $ref.key }}, optional: {{ $ref.optional }}}
{{- end }}
{{- with $service.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* A container that brings the database to the newest revision, as the init container and as the Job. dict root, service */}}
{{- define "gateway.migrateContainer" -}}
name: migrate
image: {{ include "gateway.image" (dict "root" .root "image" .service.image) }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
command: [gateway, migrate]
env: {{- include "gateway.env" . | nindent 2 }}
securityContext: {{- include "gateway.containerSecurity" .root | nindent 2 }}
resources: {{- toYaml .service.resources | nindent 2 }}
volumeMounts: {{- include "gateway.volumeMounts" .root | nindent 2 }}
{{- end -}}

{{/* The service whose image migrates, enabled or not, with the secrets that migrating needs. */}}
{{- define "gateway.migrationService" -}}
{{- $own := get .Values.services .Values.migration.service -}}
{{- if not $own }}{{ fail (printf "migration.service: there is no service %q" .Values.migration.service) }}{{ end -}}
{{- $only := dict "secretEnv" .Values.migration.secretEnv "http" (dict "port" 0) -}}
{{- toYaml (mergeOverwrite (deepCopy .Values.defaults) $own $only) -}}
{{- end -}}

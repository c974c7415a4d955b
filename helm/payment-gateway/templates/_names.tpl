{{/* The prefix of every object's name; short enough for any suffix to fit into 63 characters. */}}
{{- define "gateway.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- $long := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) -}}
{{- default $long .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* What selects the pods of a component. It never changes: selectors are immutable. dict root, component */}}
{{- define "gateway.selectorLabels" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* What selects every pod of the release. */}}
{{- define "gateway.releaseLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* dict root, component */}}
{{- define "gateway.labels" -}}
{{ include "gateway.selectorLabels" . }}
app.kubernetes.io/part-of: payment-gateway
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Labels of pods: without versions, so that an upgrade replaces only the pods it changes. dict root, component */}}
{{- define "gateway.podLabels" -}}
{{ include "gateway.selectorLabels" . }}
app.kubernetes.io/part-of: payment-gateway
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "gateway.serviceAccountName" -}}
{{- .Values.serviceAccount.create | ternary (include "gateway.fullname" .) .Values.serviceAccount.name -}}
{{- end -}}

{{/* A service's URL inside the cluster. dict root, name */}}
{{- define "gateway.serviceUrl" -}}
http://{{ include "gateway.fullname" .root }}-{{ .name }}:{{ include "gateway.port" . }}
{{- end -}}

{{/* The port of a service that another one calls. dict root, name */}}
{{- define "gateway.port" -}}
{{- $service := get (include "gateway.services" .root | fromYaml) .name -}}
{{- if not $service }}{{ fail (printf "%q is called by another service, but there is no enabled service of that name" .name) }}{{ end -}}
{{ $service.http.port }}
{{- end -}}

{{/* Where browsers reach a service; empty if nobody said. dict root, name */}}
{{- define "gateway.publicUrl" -}}
{{- $ingress := .root.Values.ingress -}}
{{- $host := get $ingress.hosts .name -}}
{{- if get .root.Values.publicUrls .name -}}
{{ get .root.Values.publicUrls .name }}
{{- else if and $ingress.enabled $host -}}
{{ ternary "https" "http" $ingress.tls.enabled }}://{{ $host }}
{{- end -}}
{{- end -}}

{{/* The enabled services by name, each as the defaults with its own values on top. */}}
{{- define "gateway.services" -}}
{{- $services := dict -}}
{{- range $name, $own := .Values.services -}}
{{- $service := mergeOverwrite (deepCopy $.Values.defaults) $own -}}
{{- if $service.enabled }}{{ $_ := set $services $name $service }}{{ end -}}
{{- end -}}
{{- toYaml $services -}}
{{- end -}}

{{/* dict root, image */}}
{{- define "gateway.image" -}}
{{- $path := printf "%s/%s" .root.Values.image.repository .image.name | trimPrefix "/" -}}
{{- if .image.digest -}}
{{ $path }}@{{ .image.digest }}
{{- else -}}
{{ $path }}:{{ .image.tag | default .root.Values.image.tag | default .root.Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{/* PromQL that sees one namespace: another installation must neither hide what an alert looks for nor raise it.
     Every name of ours is a metric or what a rule recorded; those with braces come first. dict expr, namespace */}}
{{- define "gateway.inNamespace" -}}
{{- $name := "((?:[a-z_]+:)?gateway_[a-z0-9_]+(?::[a-z0-9_]+)?)" -}}
{{- $matcher := printf "namespace=%q" .namespace -}}
{{- $braced := regexReplaceAll (print $name "\\{") .expr (printf "${1}{%s," $matcher) -}}
{{- regexReplaceAll (print $name "([^a-z0-9_:{]|$)") $braced (printf "${1}{%s}${2}" $matcher) -}}
{{- end -}}

{{/* What the schema cannot say, in sentences. */}}
{{- define "gateway.check" -}}
{{- $fullname := include "gateway.fullname" . -}}
{{- if not (regexMatch "^[a-z]([a-z0-9-]*[a-z0-9])?$" $fullname) -}}
{{- fail (printf "%q cannot begin the name of a Service: set fullnameOverride to letters, digits and dashes, a letter first" $fullname) -}}
{{- end -}}
{{- $served := list -}}
{{- range $name, $service := include "gateway.services" . | fromYaml -}}
{{- $served = concat $served $service.queues -}}
{{- range $service.secretEnv -}}
{{- if not (hasKey $.Values.secretRefs .) }}{{ fail (printf "services.%s.secretEnv: secretRefs does not say where %s comes from" $name .) }}{{ end -}}
{{- end -}}
{{- if and $service.autoscaling.enabled (gt (int $service.autoscaling.min) (int $service.autoscaling.max)) -}}
{{- fail (printf "services.%s.autoscaling: min is greater than max" $name) -}}
{{- end -}}
{{- end -}}
{{- range list "payment-processing" "refund-processing" "webhook-delivery" -}}
{{- if not (has . $served) }}{{ fail (printf "no enabled service works off the queue %s: enable its service, or services.worker" .) }}{{ end -}}
{{- end -}}
{{- $byMetric := has .Values.autoscaling.mode (list "prometheus-adapter" "keda") -}}
{{- if and $byMetric (eq .Values.monitoring.scrape "none") -}}
{{- fail "autoscaling reads Prometheus, so monitoring.scrape must not be none; or choose autoscaling.mode cpu" -}}
{{- end -}}
{{- if and (not .Values.serviceAccount.create) (not .Values.serviceAccount.name) -}}
{{- fail "serviceAccount.name must name an existing one when serviceAccount.create is false" -}}
{{- end -}}
{{- end -}}

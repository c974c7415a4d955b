{{/* The rules for what a service may reach beside name servers. dict root, network */}}
{{- define "gateway.egress" -}}
{{- $root := .root -}}
{{- $policy := $root.Values.networkPolicy -}}
{{- $rules := list -}}
{{- if .network.database -}}
{{- $bundled := include "gateway.peer" (dict "root" $root "component" "postgresql") -}}
{{- $to := $root.Values.evaluation.postgresql.enabled | ternary (list (fromYaml $bundled)) $policy.database.to -}}
{{- $rules = append $rules (dict "to" $to "ports" (include "gateway.tcpPorts" $policy.database.ports | fromYamlArray)) -}}
{{- end -}}
{{- if .network.redis -}}
{{- $bundled := include "gateway.peer" (dict "root" $root "component" "redis") -}}
{{- $to := $root.Values.evaluation.redis.enabled | ternary (list (fromYaml $bundled)) $policy.redis.to -}}
{{- $rules = append $rules (dict "to" $to "ports" (include "gateway.tcpPorts" $policy.redis.ports | fromYamlArray)) -}}
{{- end -}}
{{- range .network.calls -}}
{{- $peer := include "gateway.peer" (dict "root" $root "component" .) -}}
{{- $rules = append $rules (dict "to" (list (fromYaml $peer)) "ports" (list (dict "protocol" "TCP" "port" (include "gateway.port" (dict "root" $root "name" .) | int)))) -}}
{{- end -}}
{{- if $root.Values.tracing.otlpEndpoint -}}
{{- $rules = append $rules (dict "to" $policy.tracing.to "ports" (include "gateway.tcpPorts" $policy.tracing.ports | fromYamlArray)) -}}
{{- end -}}
{{- if .network.public -}}
{{- $rule := dict "to" (include "gateway.publicPeers" $root | fromYamlArray) -}}
{{- with $policy.public.ports }}{{ $_ := set $rule "ports" (include "gateway.tcpPorts" . | fromYamlArray) }}{{ end -}}
{{- $rules = append $rules $rule -}}
{{- end -}}
{{- toYaml $rules -}}
{{- end -}}

{{/* dict root, component */}}
{{- define "gateway.peer" -}}
podSelector:
  matchLabels: {{- include "gateway.selectorLabels" . | nindent 4 }}
{{- end -}}

{{- define "gateway.tcpPorts" -}}
{{- range . }}
- {protocol: TCP, port: {{ . }}}
{{- end }}
{{- end -}}

{{/* Public addresses only: the same list that the dispatcher itself judges by (IANA special-purpose registries). */}}
{{- define "gateway.publicPeers" -}}
- ipBlock:
    cidr: 0.0.0.0/0
    except:
      - 0.0.0.0/8 # this network
      - 10.0.0.0/8 # private
      - 100.64.0.0/10 # carrier-grade NAT, pods of some clouds; a metadata service
      - 127.0.0.0/8 # loopback
      - 168.63.129.16/32 # a cloud's metadata service on a public address
      - 169.254.0.0/16 # link-local: metadata services
      - 172.16.0.0/12 # private
      - 192.0.0.0/24 # protocol assignments
      - 192.0.2.0/24 # documentation
      - 192.88.99.0/24 # 6to4 relays
      - 192.168.0.0/16 # private
      - 198.18.0.0/15 # benchmarks
      - 198.51.100.0/24 # documentation
      - 203.0.113.0/24 # documentation
      - 224.0.0.0/4 # multicast
      - 240.0.0.0/4 # reserved, and broadcast
      {{- range .Values.networkPolicy.public.exceptIPv4 }}
      - {{ . }}
      {{- end }}
- ipBlock:
    cidr: 2000::/3 # global unicast; all else is loopback, local, multicast or unassigned
    except:
      - 2001::/23 # protocol assignments: Teredo, ORCHID, benchmarks
      - 2001:db8::/32 # documentation
      - 2002::/16 # 6to4: carries any IPv4 address
      - 3fff::/20 # documentation
      {{- range .Values.networkPolicy.public.exceptIPv6 }}
      - {{ . | quote }}
      {{- end }}
{{- end -}}

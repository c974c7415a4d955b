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

{{/* Public addresses only: the table of gateway_core.domain.addresses, which the dispatcher itself judges by. */}}
{{- define "gateway.publicPeers" -}}
{{- $ipv4 := list
  "0.0.0.0/8" "10.0.0.0/8" "100.64.0.0/10" "127.0.0.0/8" "168.63.129.16/32" "169.254.0.0/16" "172.16.0.0/12"
  "192.0.0.0/24" "192.0.2.0/24" "192.88.99.0/24" "192.168.0.0/16" "198.18.0.0/15" "198.51.100.0/24" "203.0.113.0/24"
  "224.0.0.0/4" "240.0.0.0/4" -}}
{{- $ipv6 := list "2001::/23" "2001:db8::/32" "2002::/16" "3fff::/20" -}}
{{- $ipv4 = concat $ipv4 (.Values.networkPolicy.public.exceptIPv4 | default list) -}}
{{- $ipv6 = concat $ipv6 (.Values.networkPolicy.public.exceptIPv6 | default list) -}}
- ipBlock: {cidr: 0.0.0.0/0, except: {{ toJson $ipv4 }}}
- ipBlock: {cidr: "2000::/3", except: {{ toJson $ipv6 }}} # global unicast; all else is local, multicast or unassigned
- ipBlock:
    cidr: 64:ff9b::/96 # NAT64: the same IPv4 networks, seen from a cluster of IPv6 alone
    except:
      {{- range $ipv4 }}
      {{- $network := splitList "/" . }}
      - {{ printf "64:ff9b::%s/%d" (first $network) (add 96 (atoi (last $network))) | quote }}
      {{- end }}
{{- end -}}

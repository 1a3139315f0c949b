{{/*
What the configuration's urls need of the network. A NetworkPolicy knows addresses and not names: a host
that is an address is allowed alone, one in `networkPolicy.addresses` by these, any other by its port.
*/}}

{{/* Every url that is connected to, as JSON: `["tls://sensor.example.com:6514", …]`. */}}
{{- define "cefline.urls" -}}
{{- $urls := list -}}
{{- range $kind := list "sources" "destinations" -}}
{{- range $name, $component := get $.Values.config $kind | default dict -}}
{{- if kindIs "map" $component -}}
{{- $type := toString (get $component "type") -}}
{{- if or (eq $type "syslog") (eq $type "netwrix-api") (eq $type "cado-api") -}}
{{- range $written := ternary (get $component "url") (list (get $component "url")) (kindIs "slice" (get $component "url")) -}}
{{- with $written -}}
{{- range splitList "," (toString .) -}}{{- $urls = append $urls (trim .) -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if eq $type "s3" -}}
{{- $urls = append $urls (get $component "endpoint" | default "https://s3") -}}
{{- with get $component "queue" -}}{{- $urls = append $urls . -}}{{- end -}}
{{- if get $component "role" -}}{{- $urls = append $urls "https://sts" -}}{{- end -}}
{{- end -}}
{{- with get $component "proxy" -}}{{- if ne (toString .) "none" -}}{{- $urls = append $urls (toString .) -}}{{- end -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- uniq $urls | toJson -}}
{{- end -}}

{{/* `{"host": "…", "port": 6514, "protocol": "TCP"}` of a url; `{}` when it cannot be told. */}}
{{- define "cefline.address" -}}
{{- $ports := dict "udp" 514 "tcp" 514 "tls" 6514 "relp" 2514 "relps" 2514 "https" 443 "http" 80 -}}
{{- $scheme := regexFind "^[a-z0-9]+" (lower .) -}}
{{- $authority := regexReplaceAll "^[a-zA-Z0-9]+://([^/?#]*@)?([^/?#]*).*$" . "${2}" -}}
{{- $written := regexFind ":[0-9]+$" $authority | trimPrefix ":" -}}
{{- $host := regexReplaceAll ":[0-9]+$" $authority "" | trimPrefix "[" | trimSuffix "]" | lower -}}
{{- if and (hasKey $ports $scheme) (regexMatch "^[a-z0-9_.:-]+$" $host) -}}
{{- $port := ternary (int $written) (get $ports $scheme) (ne $written "") -}}
{{- dict "host" $host "port" $port "protocol" (ternary "UDP" "TCP" (eq $scheme "udp")) | toJson -}}
{{- else -}}{}{{- end -}}
{{- end -}}

{{/* The rules, one for each address and port. */}}
{{- define "cefline.egress" -}}
{{- $rules := list -}}
{{- range include "cefline.urls" . | fromJsonArray -}}
{{- $address := include "cefline.address" . | fromJson -}}
{{- with $address -}}
{{- $blocks := get $.Values.networkPolicy.addresses .host | default list -}}
{{- if regexMatch "^[0-9.]+$" .host -}}{{- $blocks = list (printf "%s/32" .host) -}}{{- end -}}
{{- if contains ":" .host -}}{{- $blocks = list (printf "%s/128" .host) -}}{{- end -}}
{{- $rule := dict "ports" (list (dict "port" (int .port) "protocol" .protocol)) -}}
{{- if $blocks -}}
{{- $peers := list -}}
{{- range $blocks -}}{{- $peers = append $peers (dict "ipBlock" (dict "cidr" .)) -}}{{- end -}}
{{- $_ := set $rule "to" $peers -}}
{{- end -}}
{{- $rules = append $rules $rule -}}
{{- end -}}
{{- end -}}
{{- with uniq $rules -}}{{- toYaml . -}}{{- end -}}
{{- end -}}

{{/* The sources that take alerts by HTTP, as JSON: `{"push": 8515}`. */}}
{{- define "cefline.pushPorts" -}}
{{- $ports := dict -}}
{{- range $name, $source := get .Values.config "sources" | default dict -}}
{{- if kindIs "map" $source -}}
{{- if eq (toString (get $source "type")) "netwrix-push" -}}
{{- $_ := set $ports $name (regexFind "[0-9]+$" (toString (get $source "listen")) | default "8515" | int) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $ports -}}
{{- end -}}

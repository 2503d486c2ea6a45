{{/* Combinations of values that cannot work. All of them are told at once, each with the way out. */}}

{{- define "gateway.checks" -}}
{{- $problems := list }}
{{- $v := .Values }}
{{- $settings := include "gateway.settings" . | fromYaml }}
{{- $env := include "gateway.extraEnvNames" . | fromYamlArray }}
{{- $redis := include "gateway.hasRedis" . }}
{{- $keys := include "gateway.hasKeys" . }}
{{- $authMode := default "auto" $v.config.authMode }}

{{- /* Replicas */}}
{{- if and (not $redis) (not $v.autoscaling.enabled) (gt (int $v.replicaCount) 1) }}
{{- $problems = append $problems (printf "replicaCount is %d, but there is no Redis: each pod would refresh the cookies for itself; set redis.existingSecret, or replicaCount=1" (int $v.replicaCount)) }}
{{- end }}
{{- if and $v.autoscaling.enabled (not $redis) }}
{{- $problems = append $problems "autoscaling.enabled needs Redis, which shares the cookies between pods: set redis.existingSecret, or autoscaling.enabled=false" }}
{{- end }}
{{- if $v.autoscaling.enabled }}
{{- if gt (int $v.autoscaling.minReplicas) (int $v.autoscaling.maxReplicas) }}
{{- $problems = append $problems (printf "autoscaling.minReplicas (%d) is more than autoscaling.maxReplicas (%d)" (int $v.autoscaling.minReplicas) (int $v.autoscaling.maxReplicas)) }}
{{- end }}
{{- if not (or $v.autoscaling.targetCPUUtilizationPercentage $v.autoscaling.requestsPerSecond.target) }}
{{- $problems = append $problems "autoscaling.enabled has nothing to go by: set autoscaling.targetCPUUtilizationPercentage, autoscaling.requestsPerSecond.target, or both" }}
{{- end }}
{{- if and $v.autoscaling.targetCPUUtilizationPercentage (not (dig "requests" "cpu" "" $v.resources)) }}
{{- $problems = append $problems "autoscaling.targetCPUUtilizationPercentage is a part of resources.requests.cpu, which is not set" }}
{{- end }}
{{- end }}
{{- if $v.persistence.enabled }}
{{- if and (or $redis (include "gateway.several" .)) (not (has "ReadWriteMany" $v.persistence.accessModes)) }}
{{- $problems = append $problems (printf "persistence.accessModes is %s, which only one pod can mount, but with Redis or several replicas there is more than one, if only while they are replaced: set persistence.enabled=false (Redis holds the cookies), or add ReadWriteMany" (join ", " $v.persistence.accessModes)) }}
{{- end }}
{{- if include "gateway.hasStrava" . }}
{{- $problems = append $problems "persistence.enabled and strava are both set: the cookies come from the Secret, so nothing would be written to the volume; keep one of them" }}
{{- end }}
{{- else if $v.persistence.existingClaim }}
{{- $problems = append $problems "persistence.existingClaim is set, but persistence.enabled is false" }}
{{- end }}
{{- if and $v.podDisruptionBudget.enabled (not (kindIs "invalid" $v.podDisruptionBudget.maxUnavailable)) (not (kindIs "invalid" $v.podDisruptionBudget.minAvailable)) }}
{{- $problems = append $problems "podDisruptionBudget.minAvailable and podDisruptionBudget.maxUnavailable are both set: set one of them to null" }}
{{- end }}
{{- if and $v.podDisruptionBudget.enabled (kindIs "invalid" $v.podDisruptionBudget.maxUnavailable) (kindIs "invalid" $v.podDisruptionBudget.minAvailable) }}
{{- $problems = append $problems "podDisruptionBudget has neither maxUnavailable nor minAvailable: set one of them, or podDisruptionBudget.enabled=false" }}
{{- end }}

{{- /* Secrets */}}
{{- range $place, $both := dict
  "strava.existingSecret and strava.inline" (and $v.strava.existingSecret $v.strava.inline)
  "apiKeys.existingSecret and apiKeys.keys" (and $v.apiKeys.existingSecret $v.apiKeys.keys)
  "adminKey.existingSecret and adminKey.inline" (and $v.adminKey.existingSecret $v.adminKey.inline)
  "redis.existingSecret and redis.inline" (and $v.redis.existingSecret $v.redis.inline) }}
{{- if $both }}
{{- $problems = append $problems (printf "%s are both set: keep existingSecret" $place) }}
{{- end }}
{{- end }}
{{- if and $v.redis.caExistingSecret (not $redis) }}
{{- $problems = append $problems "redis.caExistingSecret is set, but there is no Redis: set redis.existingSecret" }}
{{- end }}
{{- if and $v.redis.caExistingSecret $v.redis.inline (not (hasPrefix "rediss://" $v.redis.inline)) }}
{{- $problems = append $problems "redis.caExistingSecret is set, but redis.inline does not begin with rediss://" }}
{{- end }}
{{- if and $v.config.redisSentinels (not $redis) }}
{{- $problems = append $problems "config.redisSentinels is set, but there is no Redis: redis.existingSecret says user, password and database" }}
{{- end }}
{{- if and $v.strava.existingSecretKey (not $v.strava.existingSecret) }}
{{- $problems = append $problems "strava.existingSecretKey is set, but strava.existingSecret is not" }}
{{- end }}

{{- /* Who may come in */}}
{{- if and (eq $authMode "open") $keys }}
{{- $problems = append $problems "config.authMode is open, but there are API keys, which would guard nothing: drop one of them" }}
{{- end }}
{{- if and (ne $authMode "open") (not $keys) (not (include "gateway.openByDefault" .)) }}
{{- $why := "the pod listens on every address" }}
{{- if include "gateway.exposed" . }}
{{- $why = "Ingress, HTTPRoute, LoadBalancer or NodePort let everybody in" }}
{{- else if include "gateway.hasSomethingToLose" . }}
{{- $why = "everybody in the cluster could spend your Strava session" }}
{{- end }}
{{- $problems = append $problems (printf "there are no API keys, and %s: set apiKeys.existingSecret, or say config.authMode=open if something in front of the gateway checks who asks" $why) }}
{{- end }}

{{- /* Settings */}}
{{- if and (ne $settings.sessionRenewal "off") (not $v.strava.login.existingSecret) (not (and (has "STRAVA_EMAIL" $env) (has "STRAVA_PASSWORD" $env))) }}
{{- $problems = append $problems (printf "config.sessionRenewal is %s, which needs e-mail address and password: set strava.login.existingSecret" $settings.sessionRenewal) }}
{{- end }}
{{- if and (has "*" (default list $v.config.corsOrigins)) (gt (len $v.config.corsOrigins) 1) }}
{{- $problems = append $problems "config.corsOrigins holds * and origins as well: keep * alone, or the origins" }}
{{- end }}
{{- $minimum := add (include "gateway.drainSeconds" . | int) 2 }}
{{- if lt (include "gateway.terminationGracePeriodSeconds" . | int) (int $minimum) }}
{{- $problems = append $problems (printf "terminationGracePeriodSeconds is %d, but shutdownDelayMs (%v) and upstreamTimeoutMs (%v), the longest request, want %d or more: raise it, or leave it out" (int .Values.terminationGracePeriodSeconds) $settings.shutdownDelayMs $settings.upstreamTimeoutMs $minimum) }}
{{- end }}
{{- $limit := dig "limits" "memory" "" $v.resources | toString }}
{{- if regexMatch "^[0-9.]+([kKMGTPE]i?)?$" $limit }}
{{- $cache := include "gateway.bytes" $settings.tileCacheMaxBytes | float64 }}
{{- if lt (include "gateway.bytes" $limit | float64) (addf $cache 201326592.0) }}
{{- $problems = append $problems (printf "resources.limits.memory is %s, which does not hold config.tileCacheMaxBytes (%v) and 192 MiB for the gateway itself: raise the one, or lower the other" $limit $settings.tileCacheMaxBytes) }}
{{- end }}
{{- end }}

{{- /* The way in */}}
{{- if $v.ingress.enabled }}
{{- if not $v.ingress.hosts }}
{{- $problems = append $problems "ingress.enabled needs a host: set ingress.hosts" }}
{{- end }}
{{- range $host := $v.ingress.hosts }}
{{- range $host.paths }}
{{- if and (ne .path "/") (not $v.config.publicUrl) }}
{{- $problems = append $problems (printf "ingress.hosts has the path %s, which the gateway cannot know: set config.publicUrl, e.g. https://%s%s, or its documents lead nowhere" .path (default "maps.example.com" $host.host) (trimSuffix "/" .path)) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- if $v.httpRoute.enabled }}
{{- if not $v.httpRoute.parentRefs }}
{{- $problems = append $problems "httpRoute.enabled needs a Gateway to hang on: set httpRoute.parentRefs" }}
{{- end }}
{{- if and (ne $v.httpRoute.pathPrefix "/") (not $v.config.publicUrl) }}
{{- $problems = append $problems (printf "httpRoute.pathPrefix is %s, which the gateway cannot know: set config.publicUrl, e.g. https://%s%s, or its documents lead nowhere" $v.httpRoute.pathPrefix (first (append $v.httpRoute.hostnames "maps.example.com")) (trimSuffix "/" $v.httpRoute.pathPrefix)) }}
{{- end }}
{{- end }}
{{- if eq $v.service.type "ClusterIP" }}
{{- range $name := list "nodePort" "loadBalancerClass" "loadBalancerSourceRanges" "externalTrafficPolicy" }}
{{- if get $v.service $name }}
{{- $problems = append $problems (printf "service.%s is set, but service.type is ClusterIP" $name) }}
{{- end }}
{{- end }}
{{- else if eq $v.service.type "NodePort" }}
{{- range $name := list "loadBalancerClass" "loadBalancerSourceRanges" }}
{{- if get $v.service $name }}
{{- $problems = append $problems (printf "service.%s is set, but service.type is NodePort" $name) }}
{{- end }}
{{- end }}
{{- end }}
{{- if $v.networkPolicy.enabled }}
{{- if and (include "gateway.exposed" .) (not $v.networkPolicy.ingress.http) }}
{{- $problems = append $problems "networkPolicy.enabled shuts out everybody who comes through Ingress, HTTPRoute, LoadBalancer or NodePort: name who may come in networkPolicy.ingress.http" }}
{{- end }}
{{- if and $v.serviceMonitor.enabled (not $v.networkPolicy.ingress.management) }}
{{- $problems = append $problems "networkPolicy.enabled shuts out Prometheus: name it in networkPolicy.ingress.management, or set serviceMonitor.enabled=false" }}
{{- end }}
{{- end }}

{{- /* What the chart sets itself */}}
{{- $owners := dict
  "GATEWAY_CONFIG" "config" "HOST" "listenAddress" "PORT" "service.port" "MANAGEMENT_PORT" "service.managementPort"
  "AUTH_MODE" "config.authMode" "PUBLIC_URL" "config.publicUrl" "SHUTDOWN_DELAY_MS" "config.shutdownDelayMs"
  "UPSTREAM_TIMEOUT_MS" "config.upstreamTimeoutMs" "TILE_CACHE_MAX_BYTES" "config.tileCacheMaxBytes"
  "SESSION_RENEWAL" "config.sessionRenewal" "CORS_ORIGINS" "config.corsOrigins" }}
{{- if or $v.apiKeys.existingSecret $v.apiKeys.keys }}
{{- $owners = set $owners "API_KEYS_FILE" "apiKeys" }}
{{- end }}
{{- if include "gateway.hasStrava" . }}
{{- range $name := list "STRAVA_SESSION" "STRAVA_SESSION_FILE" "STRAVA_COOKIES_FILE" }}
{{- $owners = set $owners $name "strava" }}
{{- end }}
{{- end }}
{{- if include "gateway.hasAdminKey" . }}
{{- $owners = merge $owners (dict "ADMIN_KEY" "adminKey" "ADMIN_KEY_FILE" "adminKey") }}
{{- end }}
{{- if or $v.redis.existingSecret $v.redis.inline }}
{{- $owners = set $owners "REDIS_URL" "redis" }}
{{- end }}
{{- if $v.redis.caExistingSecret }}
{{- $owners = set $owners "REDIS_CA_FILE" "redis.caExistingSecret" }}
{{- end }}
{{- if $v.diskCache.enabled }}
{{- $owners = merge $owners (dict "TILE_CACHE_DIR" "diskCache" "TILE_CACHE_DIR_MAX_BYTES" "diskCache.maxBytes") }}
{{- end }}
{{- if $v.strava.login.existingSecret }}
{{- $owners = merge $owners (dict "STRAVA_EMAIL" "strava.login" "STRAVA_PASSWORD" "strava.login") }}
{{- end }}
{{- range $name := $env }}
{{- with get $owners $name }}
{{- $problems = append $problems (printf "extraEnv sets %s, which the chart sets from %s: say it there" $name .) }}
{{- end }}
{{- end }}
{{- range $label := list "app.kubernetes.io/name" "app.kubernetes.io/instance" "app.kubernetes.io/component" "app.kubernetes.io/version" "app.kubernetes.io/managed-by" "helm.sh/chart" }}
{{- if or (hasKey $v.commonLabels $label) (hasKey $v.podLabels $label) }}
{{- $problems = append $problems (printf "commonLabels and podLabels must leave %s to the chart, which chooses its pods by labels of that name" $label) }}
{{- end }}
{{- end }}

{{- if $problems }}
{{- fail (printf "these values cannot work:\n  - %s\n" (join "\n  - " $problems)) }}
{{- end }}
{{- end }}

{{/* A size as the gateway or Kubernetes writes it, in bytes. */}}
{{- define "gateway.bytes" -}}
{{- $text := toString . | trim }}
{{- $number := regexFind "^[0-9.]+" $text | float64 }}
{{- $unit := regexReplaceAll "^[0-9.]+\\s*" $text "" | upper | trimSuffix "B" }}
{{- $factors := dict "" 1.0 "K" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "P" 1e15 "E" 1e18 "KI" 1024.0 "MI" 1048576.0 "GI" 1073741824.0 "TI" 1099511627776.0 "PI" 1125899906842624.0 "EI" 1152921504606846976.0 }}
{{- mulf $number (get $factors $unit | default 1.0) | printf "%.0f" }}
{{- end }}

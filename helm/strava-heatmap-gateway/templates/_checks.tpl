{{/* Rejects invalid combinations of values. All problems are reported together, each with its fix. */}}

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
{{- $problems = append $problems (printf "replicaCount is %d, but Redis is not configured, so that each pod would refresh the cookies on its own. Set redis.existingSecret, or replicaCount=1." (int $v.replicaCount)) }}
{{- end }}
{{- if and $v.autoscaling.enabled (not $redis) }}
{{- $problems = append $problems "autoscaling.enabled is true, but Redis, through which pods share cookies, is not configured. Set redis.existingSecret, or autoscaling.enabled=false." }}
{{- end }}
{{- if $v.autoscaling.enabled }}
{{- if gt (int $v.autoscaling.minReplicas) (int $v.autoscaling.maxReplicas) }}
{{- $problems = append $problems (printf "autoscaling.minReplicas (%d) is greater than autoscaling.maxReplicas (%d). Lower minReplicas, or raise maxReplicas." (int $v.autoscaling.minReplicas) (int $v.autoscaling.maxReplicas)) }}
{{- end }}
{{- if not (or $v.autoscaling.targetCPUUtilizationPercentage $v.autoscaling.requestsPerSecond.target) }}
{{- $problems = append $problems "autoscaling.enabled is true, but no target is set. Set autoscaling.targetCPUUtilizationPercentage, autoscaling.requestsPerSecond.target, or both." }}
{{- end }}
{{- if and $v.autoscaling.targetCPUUtilizationPercentage (not (dig "requests" "cpu" "" $v.resources)) }}
{{- $problems = append $problems "autoscaling.targetCPUUtilizationPercentage is a percentage of resources.requests.cpu, which is not set. Set resources.requests.cpu, or autoscaling.targetCPUUtilizationPercentage=null." }}
{{- end }}
{{- end }}
{{- if $v.persistence.enabled }}
{{- if and (or $redis (include "gateway.multipleReplicas" .)) (not (has "ReadWriteMany" $v.persistence.accessModes)) }}
{{- $problems = append $problems (printf "persistence.accessModes is %s, but with Redis or several replicas more than one pod mounts the volume, at least during an upgrade. Set persistence.enabled=false (Redis stores the cookies), or add ReadWriteMany." (join ", " $v.persistence.accessModes)) }}
{{- end }}
{{- if include "gateway.hasStrava" . }}
{{- $problems = append $problems "persistence.enabled and strava are both set, but cookies from a Secret are never written to the volume. Set persistence.enabled=false, or unset strava." }}
{{- end }}
{{- else if $v.persistence.existingClaim }}
{{- $problems = append $problems "persistence.existingClaim is set, but persistence.enabled is false. Set persistence.enabled=true, or unset persistence.existingClaim." }}
{{- end }}
{{- if and $v.podDisruptionBudget.enabled (not (kindIs "invalid" $v.podDisruptionBudget.maxUnavailable)) (not (kindIs "invalid" $v.podDisruptionBudget.minAvailable)) }}
{{- $problems = append $problems "podDisruptionBudget.minAvailable and podDisruptionBudget.maxUnavailable are both set, but Kubernetes accepts only one of them. Set the other to null." }}
{{- end }}
{{- if and $v.podDisruptionBudget.enabled (kindIs "invalid" $v.podDisruptionBudget.maxUnavailable) (kindIs "invalid" $v.podDisruptionBudget.minAvailable) }}
{{- $problems = append $problems "podDisruptionBudget has neither maxUnavailable nor minAvailable. Set one of them, or podDisruptionBudget.enabled=false." }}
{{- end }}

{{- /* Secrets */}}
{{- range $place, $both := dict
  "strava.existingSecret and strava.inline" (and $v.strava.existingSecret $v.strava.inline)
  "apiKeys.existingSecret and apiKeys.keys" (and $v.apiKeys.existingSecret $v.apiKeys.keys)
  "adminKey.existingSecret and adminKey.inline" (and $v.adminKey.existingSecret $v.adminKey.inline)
  "redis.existingSecret and redis.inline" (and $v.redis.existingSecret $v.redis.inline) }}
{{- if $both }}
{{- $problems = append $problems (printf "%s are both set. Keep existingSecret, and unset the other." $place) }}
{{- end }}
{{- end }}
{{- if and $v.redis.caExistingSecret (not $redis) }}
{{- $problems = append $problems "redis.caExistingSecret is set, but Redis is not configured. Set redis.existingSecret, or unset redis.caExistingSecret." }}
{{- end }}
{{- if and $v.redis.caExistingSecret $v.redis.inline (not (hasPrefix "rediss://" $v.redis.inline)) }}
{{- $problems = append $problems "redis.caExistingSecret is set, but redis.inline does not begin with rediss://. Use rediss:// for TLS, or unset redis.caExistingSecret." }}
{{- end }}
{{- if and $v.config.redisSentinels (not $redis) }}
{{- $problems = append $problems "config.redisSentinels is set, but Redis is not configured. Set redis.existingSecret; its URL contains the user, password and database." }}
{{- end }}
{{- if and $v.strava.existingSecretKey (not $v.strava.existingSecret) }}
{{- $problems = append $problems "strava.existingSecretKey is set, but strava.existingSecret is not. Set both, or neither." }}
{{- end }}

{{- /* Authentication */}}
{{- if and (eq $authMode "open") $keys }}
{{- $problems = append $problems "config.authMode is open, but API keys are configured. Remove the API keys, or remove config.authMode." }}
{{- end }}
{{- if and (ne $authMode "open") (not $keys) (not (include "gateway.openByDefault" .)) }}
{{- $why := "the pod accepts connections from the whole cluster" }}
{{- if include "gateway.exposed" . }}
{{- $why = "an Ingress, HTTPRoute, LoadBalancer or NodePort exposes the gateway" }}
{{- else if include "gateway.handlesCredentials" . }}
{{- $why = "any pod in the cluster could use your Strava session" }}
{{- end }}
{{- $problems = append $problems (printf "API keys are not configured, but %s. Set apiKeys.existingSecret, or config.authMode=open if a component in front of the gateway authenticates requests." $why) }}
{{- end }}

{{- /* Settings */}}
{{- if and (ne $settings.sessionRenewal "off") (not $v.strava.login.existingSecret) (not (and (has "STRAVA_EMAIL" $env) (has "STRAVA_PASSWORD" $env))) }}
{{- $problems = append $problems (printf "config.sessionRenewal is %s, but the Strava e-mail address and password are not configured. Set strava.login.existingSecret, or config.sessionRenewal=off." $settings.sessionRenewal) }}
{{- end }}
{{- if and (has "*" (default list $v.config.corsOrigins)) (gt (len $v.config.corsOrigins) 1) }}
{{- $problems = append $problems "config.corsOrigins contains both * and origins. Use * alone, or a list of origins." }}
{{- end }}
{{- /* One more second to send the response, and one to save the cookies. */}}
{{- $minimum := add (include "gateway.drainSeconds" . | int) 2 }}
{{- if lt (include "gateway.terminationGracePeriodSeconds" . | int) (int $minimum) }}
{{- $problems = append $problems (printf "terminationGracePeriodSeconds is %d, but shutdownDelayMs (%v) and upstreamTimeoutMs (%v), the longest request, require at least %d. Raise it, or leave it unset." (int .Values.terminationGracePeriodSeconds) $settings.shutdownDelayMs $settings.upstreamTimeoutMs $minimum) }}
{{- end }}
{{- $limit := dig "limits" "memory" "" $v.resources | toString }}
{{- if regexMatch "^[0-9.]+([kKMGTPE]i?)?$" $limit }}
{{- $cache := include "gateway.bytes" $settings.tileCacheMaxBytes | float64 }}
{{- if lt (include "gateway.bytes" $limit | float64) (addf $cache 201326592.0) }}
{{- $problems = append $problems (printf "resources.limits.memory is %s, but config.tileCacheMaxBytes (%v) requires 192 MiB more than its own size. Raise the limit, or lower config.tileCacheMaxBytes." $limit $settings.tileCacheMaxBytes) }}
{{- end }}
{{- end }}

{{- /* Exposure */}}
{{- if $v.ingress.enabled }}
{{- if not $v.ingress.hosts }}
{{- $problems = append $problems "ingress.enabled is true, but ingress.hosts is empty. Set ingress.hosts." }}
{{- end }}
{{- range $host := $v.ingress.hosts }}
{{- range $host.paths }}
{{- if and (ne .path "/") (not $v.config.publicUrl) }}
{{- $problems = append $problems (printf "ingress.hosts contains the path %s, which is missing from the URLs in documents without config.publicUrl. Set config.publicUrl, e.g. https://%s%s." .path (default "maps.example.com" $host.host) (trimSuffix "/" .path)) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- if $v.httpRoute.enabled }}
{{- if not $v.httpRoute.parentRefs }}
{{- $problems = append $problems "httpRoute.enabled is true, but httpRoute.parentRefs is empty. Set httpRoute.parentRefs to the Gateway of the route." }}
{{- end }}
{{- if and (ne $v.httpRoute.pathPrefix "/") (not $v.config.publicUrl) }}
{{- $problems = append $problems (printf "httpRoute.pathPrefix is %s, which is missing from the URLs in documents without config.publicUrl. Set config.publicUrl, e.g. https://%s%s." $v.httpRoute.pathPrefix (first (append $v.httpRoute.hostnames "maps.example.com")) (trimSuffix "/" $v.httpRoute.pathPrefix)) }}
{{- end }}
{{- end }}
{{- if eq $v.service.type "ClusterIP" }}
{{- range $name := list "nodePort" "loadBalancerClass" "loadBalancerSourceRanges" "externalTrafficPolicy" }}
{{- if get $v.service $name }}
{{- $problems = append $problems (printf "service.%s is set, but service.type is ClusterIP. Unset it, or change service.type." $name) }}
{{- end }}
{{- end }}
{{- else if eq $v.service.type "NodePort" }}
{{- range $name := list "loadBalancerClass" "loadBalancerSourceRanges" }}
{{- if get $v.service $name }}
{{- $problems = append $problems (printf "service.%s is set, but service.type is NodePort. Unset it, or set service.type=LoadBalancer." $name) }}
{{- end }}
{{- end }}
{{- end }}
{{- if $v.networkPolicy.enabled }}
{{- if and (include "gateway.exposed" .) (not $v.networkPolicy.ingress.http) }}
{{- $problems = append $problems "networkPolicy.ingress.http is empty, so that the policy blocks all traffic from the Ingress, HTTPRoute, LoadBalancer or NodePort. Add its peers to networkPolicy.ingress.http." }}
{{- end }}
{{- if and $v.serviceMonitor.enabled (not $v.networkPolicy.ingress.management) }}
{{- $problems = append $problems "networkPolicy.ingress.management is empty, so that the policy blocks Prometheus. Add Prometheus to networkPolicy.ingress.management, or set serviceMonitor.enabled=false." }}
{{- end }}
{{- end }}

{{- /* Variables and labels that the chart sets */}}
{{- $owners := dict
  "GATEWAY_CONFIG" "config" "HOST" "listenAddress" "MANAGEMENT_HOST" "listenAddress" "PORT" "service.port" "MANAGEMENT_PORT" "service.managementPort"
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
{{- $problems = append $problems (printf "extraEnv sets %s, which the chart sets from %s. Use %s instead." $name . .) }}
{{- end }}
{{- end }}
{{- range $label := list "app.kubernetes.io/name" "app.kubernetes.io/instance" "app.kubernetes.io/component" "app.kubernetes.io/version" "app.kubernetes.io/managed-by" "helm.sh/chart" }}
{{- if or (hasKey $v.commonLabels $label) (hasKey $v.podLabels $label) }}
{{- $problems = append $problems (printf "commonLabels or podLabels contains %s, a label that the chart sets. Remove it." $label) }}
{{- end }}
{{- end }}

{{- if $problems }}
{{- fail (printf "invalid values:\n  - %s\n" (join "\n  - " $problems)) }}
{{- end }}
{{- end }}

{{/* Bytes of a size in the notation of the gateway (256MB) or of Kubernetes (256Mi). */}}
{{- define "gateway.bytes" -}}
{{- $text := toString . | trim }}
{{- $number := regexFind "^[0-9.]+" $text | float64 }}
{{- $unit := regexReplaceAll "^[0-9.]+\\s*" $text "" | upper | trimSuffix "B" }}
{{- $factors := dict "" 1.0 "K" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "P" 1e15 "E" 1e18 "KI" 1024.0 "MI" 1048576.0 "GI" 1073741824.0 "TI" 1099511627776.0 "PI" 1125899906842624.0 "EI" 1152921504606846976.0 }}
{{- mulf $number (get $factors $unit | default 1.0) | printf "%.0f" }}
{{- end }}

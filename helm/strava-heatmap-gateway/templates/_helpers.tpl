{{/* Shared templates. Boolean ones print "true" or nothing, for `if include`. */}}

{{- define "gateway.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 50 | trimSuffix "-" }}
{{- end }}

{{/* Truncated to 50 characters: with the suffix -management it stays below the limit of 63. */}}
{{- define "gateway.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" }}
{{- else if contains (include "gateway.name" .) .Release.Name }}
{{- .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "gateway.name" .) | trunc 50 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "gateway.labels" -}}
{{- $own := dict
  "helm.sh/chart" (printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-")
  "app.kubernetes.io/name" (include "gateway.name" .)
  "app.kubernetes.io/instance" .Release.Name
  "app.kubernetes.io/version" .Chart.AppVersion
  "app.kubernetes.io/managed-by" .Release.Service }}
{{- merge $own .Values.commonLabels | toYaml }}
{{- end }}

{{/* The component label excludes the test pod from Services, PodDisruptionBudget and NetworkPolicy. */}}
{{- define "gateway.selectorLabels" -}}
app.kubernetes.io/name: {{ include "gateway.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: gateway
{{- end }}

{{- define "gateway.testLabels" -}}
app.kubernetes.io/name: {{ include "gateway.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: test
{{- end }}

{{- define "gateway.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "gateway.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "gateway.image" -}}
{{- if .Values.image.digest }}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end }}
{{- end }}

{{/* Defaults of the gateway on which the chart depends; test/project/chart.spec.ts compares them with the code. */}}
{{- define "gateway.settingDefaults" -}}
shutdownDelayMs: 2000
upstreamTimeoutMs: 15000
tileCacheMaxBytes: 256MB
sessionRenewal: 'off'
{{- end }}

{{/* Effective settings, as YAML: the defaults above, overridden by config. */}}
{{- define "gateway.settings" -}}
{{- $settings := include "gateway.settingDefaults" . | fromYaml }}
{{- range $name, $value := .Values.config }}
{{- $settings = set $settings $name $value }}
{{- end }}
{{- toYaml $settings }}
{{- end }}

{{/* Names of the variables in extraEnv, as a YAML list. */}}
{{- define "gateway.extraEnvNames" -}}
{{- $names := list }}
{{- range .Values.extraEnv }}
{{- $names = append $names .name }}
{{- end }}
{{- $names | toYaml }}
{{- end }}

{{- define "gateway.hasKeys" -}}
{{- if or .Values.apiKeys.existingSecret .Values.apiKeys.keys (has "API_KEYS_FILE" (include "gateway.extraEnvNames" . | fromYamlArray)) }}true{{ end }}
{{- end }}

{{- define "gateway.hasStrava" -}}
{{- if or .Values.strava.existingSecret .Values.strava.inline }}true{{ end }}
{{- end }}

{{- define "gateway.hasAdminKey" -}}
{{- if or .Values.adminKey.existingSecret .Values.adminKey.inline }}true{{ end }}
{{- end }}

{{/* Redis is configured, so replicas share their state. */}}
{{- define "gateway.hasRedis" -}}
{{- if or .Values.redis.existingSecret .Values.redis.inline (has "REDIS_URL" (include "gateway.extraEnvNames" . | fromYamlArray)) }}true{{ end }}
{{- end }}

{{/* The gateway is reachable from outside the cluster. */}}
{{- define "gateway.exposed" -}}
{{- if or .Values.ingress.enabled .Values.httpRoute.enabled (ne .Values.service.type "ClusterIP") }}true{{ end }}
{{- end }}

{{/* The gateway has Strava credentials, or a way to receive them: admin key, Redis, volume, environment. */}}
{{- define "gateway.handlesCredentials" -}}
{{- $found := list (include "gateway.hasStrava" .) (include "gateway.hasAdminKey" .) (include "gateway.hasRedis" .) .Values.strava.login.existingSecret }}
{{- if .Values.persistence.enabled }}
{{- $found = append $found "true" }}
{{- end }}
{{- range include "gateway.extraEnvNames" . | fromYamlArray }}
{{- if or (hasPrefix "STRAVA_" .) (hasPrefix "ADMIN_KEY" .) }}
{{- $found = append $found "true" }}
{{- end }}
{{- end }}
{{- if without $found "" }}true{{ end }}
{{- end }}

{{/* Without exposure and credentials the gateway serves zoom 0 to 12 to the cluster, which needs no API keys. */}}
{{- define "gateway.openByDefault" -}}
{{- if not (or (include "gateway.hasKeys" .) (include "gateway.exposed" .) (include "gateway.handlesCredentials" .) .Values.config.authMode) }}true{{ end }}
{{- end }}

{{/* The release has more than one replica, or may scale to more. */}}
{{- define "gateway.multipleReplicas" -}}
{{- if .Values.autoscaling.enabled }}
{{- if gt (int .Values.autoscaling.maxReplicas) 1 }}true{{ end }}
{{- else if gt (int .Values.replicaCount) 1 }}true{{ end }}
{{- end }}

{{/* Seconds for the shutdown delay and the longest request. */}}
{{- define "gateway.drainSeconds" -}}
{{- $settings := include "gateway.settings" . | fromYaml }}
{{- divf (addf $settings.shutdownDelayMs $settings.upstreamTimeoutMs) 1000.0 | ceil | int }}
{{- end }}

{{- define "gateway.terminationGracePeriodSeconds" -}}
{{- if kindIs "invalid" .Values.terminationGracePeriodSeconds }}
{{- add (include "gateway.drainSeconds" . | int) 10 }}
{{- else }}
{{- .Values.terminationGracePeriodSeconds | int }}
{{- end }}
{{- end }}

{{/* Size limit of the cache volume, in MiB: 25 % above the tiles, for folders and unfinished files. */}}
{{- define "gateway.diskCacheMebibytes" -}}
{{- divf (mulf (include "gateway.bytes" .Values.diskCache.maxBytes | float64) 1.25) 1048576.0 | ceil | int }}
{{- end }}

{{/* Mount paths. */}}
{{- define "gateway.configFolder" -}}/etc/strava-heatmap-gateway/config{{- end }}
{{- define "gateway.secretsFolder" -}}/etc/strava-heatmap-gateway/secrets{{- end }}

{{/* Content of the settings file. */}}
{{- define "gateway.configFile" -}}
{{- $config := deepCopy .Values.config }}
{{- if include "gateway.openByDefault" . }}
{{- $config = set $config "authMode" "open" }}
{{- end }}
{{- toYaml $config }}
{{- end }}

{{/* Default key of the Strava session in its Secret, and its file name in the pod. */}}
{{- define "gateway.stravaFile" -}}
{{- eq .Values.strava.kind "session" | ternary "strava-session" "strava-cookies.json" }}
{{- end }}

{{/* Data of the chart's own Secret (inline values, for trials), as YAML. */}}
{{- define "gateway.inlineSecrets" -}}
{{- $data := dict }}
{{- with .Values.strava.inline }}
{{- $data = set $data (include "gateway.stravaFile" $) . }}
{{- end }}
{{- with .Values.apiKeys.keys }}
{{- $data = set $data "api-keys.json" (dict "keys" . | toJson) }}
{{- end }}
{{- with .Values.adminKey.inline }}
{{- $data = set $data "admin-key" . }}
{{- end }}
{{- with .Values.redis.inline }}
{{- $data = set $data "redis-url" . }}
{{- end }}
{{- toYaml $data }}
{{- end }}

{{/* Inline secrets that the gateway reads at startup only: a change requires new pods. Other files are watched. */}}
{{- define "gateway.startSecrets" -}}
{{- printf "%s\n%s" .Values.adminKey.inline .Values.redis.inline }}
{{- end }}

{{/* Files that contain secrets, as a YAML list of file, secret and key. */}}
{{- define "gateway.secretFiles" -}}
{{- $own := include "gateway.fullname" . }}
{{- if include "gateway.hasStrava" . }}
- file: {{ include "gateway.stravaFile" . }}
  secret: {{ default $own .Values.strava.existingSecret }}
  key: {{ empty .Values.strava.existingSecret | not | ternary (default (include "gateway.stravaFile" .) .Values.strava.existingSecretKey) (include "gateway.stravaFile" .) | quote }}
{{- end }}
{{- if or .Values.apiKeys.existingSecret .Values.apiKeys.keys }}
- file: api-keys.json
  secret: {{ default $own .Values.apiKeys.existingSecret }}
  key: {{ empty .Values.apiKeys.existingSecret | not | ternary .Values.apiKeys.existingSecretKey "api-keys.json" | quote }}
{{- end }}
{{- if include "gateway.hasAdminKey" . }}
- file: admin-key
  secret: {{ default $own .Values.adminKey.existingSecret }}
  key: {{ empty .Values.adminKey.existingSecret | not | ternary .Values.adminKey.existingSecretKey "admin-key" | quote }}
{{- end }}
{{- with .Values.redis.caExistingSecret }}
- file: redis-ca.crt
  secret: {{ . }}
  key: {{ $.Values.redis.caExistingSecretKey | quote }}
{{- end }}
{{- end }}

{{/* URL of the maps inside the cluster. */}}
{{- define "gateway.serviceUrl" -}}
http://{{ include "gateway.fullname" . }}.{{ .Release.Namespace }}{{ with int .Values.service.port }}{{ if ne . 80 }}:{{ . }}{{ end }}{{ end }}
{{- end }}

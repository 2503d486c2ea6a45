# Container image of the gateway. Build it, create an API key, import the Strava session, and start the gateway:
#
#   docker build -t strava-heatmap-gateway .
#   docker run --rm -v heatmap:/data strava-heatmap-gateway keys add me --apikeys /data/api-keys.json
#   docker run --rm -i -v heatmap:/data strava-heatmap-gateway cookies import /dev/stdin < strava-cookies.json
#   docker run -d --name heatmap -p 127.0.0.1:8080:8080 -v heatmap:/data -e API_KEYS_FILE=/data/api-keys.json \
#     --read-only --cap-drop ALL --security-opt no-new-privileges --stop-timeout 30 strava-heatmap-gateway
#
# The second command prints the API key once. Omit the third command to serve zoom 0 to 12 only. The named volume stores keys
# and cookies. In the container the gateway listens on all interfaces, so it does not start without API keys.
#
# Ports: 8080 serves the maps; 9090 serves /livez, /readyz and /metrics without a key, so do not publish it.
# User: 1000:1000, or any other user that can write to /data, as group 0 can. Otherwise cookies are kept in memory only.
# Login: the image contains no browser, so only "login --form" and SESSION_RENEWAL=form work.

# For a published image, pin the base image by digest: --build-arg NODE_IMAGE=...@sha256:...
ARG NODE_IMAGE=docker.io/library/node:24-bookworm-slim

# The build output is independent of the architecture, so this stage runs on the platform of the builder.
FROM --platform=$BUILDPLATFORM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY .swcrc tsconfig.json tsconfig.build.json ./
COPY scripts/build.mjs ./scripts/
COPY src ./src
COPY web ./web
RUN npm run build && npm prune --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund
COPY LICENSE ./
COPY assets ./assets
COPY config ./config
# Readable to all users, independent of the file modes of the checkout.
RUN rm -rf .swcrc tsconfig.json tsconfig.build.json package-lock.json scripts src web node_modules/.package-lock.json \
  && chmod -R u=rwX,go=rX .

FROM ${NODE_IMAGE}
# Removes the package managers of the base image, which the container does not need.
# /data belongs to the user below and to group 0, the group of users that are unknown to the image.
RUN rm -rf /usr/local/lib/node_modules /opt/yarn-* /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
  /usr/local/bin/yarn /usr/local/bin/yarnpkg \
  && install -d -o 1000 -g 0 -m 0770 /data
ARG VERSION=unreleased
ARG REVISION=unknown
LABEL org.opencontainers.image.title="strava-heatmap-gateway" \
  org.opencontainers.image.description="Tile gateway for the Strava Global Heatmap: WMTS, XYZ, TMS and TileJSON" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}"
ENV NODE_ENV=production \
  HOST=0.0.0.0 \
  MANAGEMENT_PORT=9090 \
  STRAVA_COOKIES_FILE=/data/strava-cookies.json
WORKDIR /app
COPY --from=build /app ./
USER 1000:1000
VOLUME /data
EXPOSE 8080 9090
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "const { HOST, PORT, MANAGEMENT_HOST, MANAGEMENT_PORT } = process.env; const end = (problem) => { if (problem) console.error(problem); process.exit(problem ? 1 : 0); }; require('node:http').get({ host: MANAGEMENT_HOST || HOST, port: MANAGEMENT_PORT || PORT || 8080, path: '/livez', timeout: 4000 }, ({ statusCode }) => end(statusCode === 200 ? '' : 'status ' + statusCode)).on('timeout', () => end('no response within 4 s')).on('error', ({ message }) => end(message))"]
ENTRYPOINT ["node", "/app/dist/main.js"]

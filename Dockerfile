# A privileged container that traces its host; the root of the host is expected at /host.
#   docker build -t stirling .
#   docker run --rm --privileged --pid=host -v /:/host -v /sys:/sys stirling trace --connectors http
FROM node:20-bookworm-slim AS build
WORKDIR /stirling
COPY . .
RUN npm ci --no-fund --no-audit && npm run build && npm prune --omit=dev

FROM node:20-bookworm-slim
WORKDIR /stirling
COPY --from=build /stirling/package.json /stirling/oclif.manifest.json /stirling/LICENSE /stirling/NOTICE ./
COPY --from=build /stirling/bin ./bin
COPY --from=build /stirling/dist ./dist
COPY --from=build /stirling/demo ./demo
COPY --from=build /stirling/prebuilt ./prebuilt
COPY --from=build /stirling/node_modules ./node_modules
ENV STIRLING_HOST_PATH=/host
ENTRYPOINT ["node", "/stirling/bin/run.js"]

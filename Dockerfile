# The command `sflink` as an image. It runs the worker by default; `docker run salesforce-link:local ARGUMENTS` runs any other command.

FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
# npm needs the package.json of each workspace.
COPY package.json package-lock.json .npmrc ./
COPY packages/client/package.json packages/client/
COPY packages/emulator/package.json packages/emulator/
RUN npm ci
COPY . .
# Temporal's package has a native library for every system; the image needs the one for Linux. The build compiles the workspaces into
# dist/, so the links to them are removed, with the commands of the packages.
RUN npm run build && npm prune --omit=dev && \
    find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 ! -name '*-linux-gnu' -exec rm -r {} + && \
    find node_modules -maxdepth 1 -type l -delete && rm -r node_modules/.bin
# A slim image has no certificates, and Temporal's client reads those of the system. These are Mozilla's, from Node.
RUN node -p "require('node:tls').rootCertificates.join('\n')" > ca-certificates.crt

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production \
    TMPDIR=/scratch \
    SFLINK_CONFIG=/etc/sflink/sflink.yaml
RUN install --directory --owner=node --group=node /scratch
WORKDIR /app
COPY --from=build /app/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/package.json ./
COPY --from=build /app/schemas schemas
COPY --from=build /app/bin bin
COPY --from=build /app/dist dist
USER 1000:1000
VOLUME /scratch
# Node is process 1 and receives SIGTERM: running activities end within --grace, or return to Temporal.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["node", "-e", "fetch('http://127.0.0.1:8090/readyz').then(answer => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/bin/sflink.mjs"]
CMD ["worker", "--health", "127.0.0.1:8090"]

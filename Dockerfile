# Two stages: one compiles, the other holds what runs. uid and gid 1000 (node), no package manager,
# no compiler. Runs with a read-only root file system: everything that is written goes to the volume.
# Logging in to Netwrix Auditor by Kerberos wants a library in C: `--build-arg KERBEROS=yes`.
ARG KERBEROS=no
FROM node:24-bookworm-slim AS build
ARG KERBEROS
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build && npm ci --omit=dev --ignore-scripts \
    && rm -rf dist/.tsbuildinfo node_modules/@lmdb/lmdb-darwin-* node_modules/@lmdb/lmdb-win32-*
RUN if [ "$KERBEROS" = yes ]; then \
      apt-get update && apt-get install -y --no-install-recommends g++ make python3 libkrb5-dev \
      && cd node_modules/kerberos && npx --yes node-gyp@12 rebuild --nodedir=/usr/local \
      && rm -rf build/Release/obj.target deps; \
    else rm -rf node_modules/kerberos; fi

FROM node:24-bookworm-slim
ARG KERBEROS
RUN if [ "$KERBEROS" = yes ]; then \
      apt-get update && apt-get install -y --no-install-recommends libgssapi-krb5-2 \
      && apt-get clean && rm -rf /var/lib/apt/lists/*; \
    fi
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
      /opt/yarn* /usr/local/bin/yarn /usr/local/bin/yarnpkg \
    && mkdir -p /var/lib/cefline /etc/cefline && chown 1000:1000 /var/lib/cefline
WORKDIR /opt/cefline
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/dist dist
COPY package.json LICENSE ./
ENV NODE_ENV=production \
    CEFLINE_EMBEDDED_DEFAULT=off \
    DATA_FOLDER=/var/lib/cefline \
    STATUS_LISTEN=0.0.0.0:8514 \
    MALLOC_ARENA_MAX=2
USER 1000:1000
VOLUME /var/lib/cefline
EXPOSE 8514
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["node", "-e", "fetch(`http://127.0.0.1:${(process.env.STATUS_LISTEN ?? '').split(':').pop()}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# A small young generation, as what is just made is waste a moment later, a heap that grows slowly, and (above)
# few of malloc’s arenas: memory stays under 150 MB.
ENTRYPOINT ["node", "--max-semi-space-size=4", "--heap-growing-percent=20", "/opt/cefline/dist/cli.js"]
CMD ["run"]

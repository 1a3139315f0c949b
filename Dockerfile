# uid and gid 1000 (node), no package manager of Node's, no compiler. Runs with a read-only root file system:
# everything that is written goes to the volume. Logging in to Netwrix Auditor by Kerberos wants a library in C:
# `--build-arg KERBEROS=yes`.
#
# Reproducible: the same commit, SOURCE_DATE_EPOCH and base make the same files (`image/README.md` has how a
# release does it). A release gives BASE with its digest, and the labels say which it was.
ARG BASE=node:24-bookworm-slim
ARG KERBEROS=no

FROM ${BASE} AS runtime
ARG KERBEROS
ARG SOURCE_DATE_EPOCH=0
RUN if [ "$KERBEROS" = yes ]; then \
      apt-get update && apt-get install -y --no-install-recommends libgssapi-krb5-2 && apt-get clean \
      && rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/*.log /var/cache/ldconfig/aux-cache /var/cache/debconf/*-old; \
    fi \
    && rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
      /opt/yarn* /usr/local/bin/yarn /usr/local/bin/yarnpkg /tmp/* \
    && mkdir -p /var/lib/cefline /etc/cefline && chown 1000:1000 /var/lib/cefline \
    && ln -s /opt/cefline/dist/cli.js /usr/local/bin/cefline && touch -h -d "@$SOURCE_DATE_EPOCH" /usr/local/bin/cefline \
    && touch -d "@$SOURCE_DATE_EPOCH" /var/lib/cefline /var/lib /etc/cefline /etc /opt \
      /usr/local/lib /usr/local/bin /tmp

FROM ${BASE} AS build
ARG KERBEROS
ARG SOURCE_DATE_EPOCH=0
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build && rm -f dist/.tsbuildinfo
# What only development needs goes, and without Kerberos all that it brings.
RUN if [ "$KERBEROS" = yes ]; then \
      apt-get update && apt-get install -y --no-install-recommends g++ make python3 libkrb5-dev \
      && (cd node_modules/kerberos && node ../node-gyp/bin/node-gyp.js rebuild --nodedir=/usr/local \
        && rm -rf build/Release/obj.target build/Release/.deps deps); \
    else npm pkg delete optionalDependencies.kerberos; fi \
    && npm pkg delete devDependencies && npm prune --ignore-scripts
COPY image image
COPY --from=runtime /var/lib/dpkg/status /build/dpkg-status
RUN npm sbom --sbom-format cyclonedx --omit dev >npm.json && node image/sbom.ts node_modules dpkg-status <npm.json >sbom.cdx.json \
    && node image/prune.ts node_modules
COPY package.json LICENSE opt/cefline/
RUN mv node_modules dist sbom.cdx.json opt/cefline/ && chmod +x opt/cefline/dist/cli.js && chmod -R u=rwX,go=rX opt \
    && find opt -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +

# The folder cefline alone: also the release's archive for hosts without containers.
FROM scratch AS tree
COPY --from=build /build/opt /

FROM runtime
ARG BASE
ARG BASE_DIGEST=
ARG VERSION=0.1.0
ARG REVISION=
ARG CREATED=1970-01-01T00:00:00Z
ARG SOURCE=
LABEL org.opencontainers.image.title="Cefline" \
      org.opencontainers.image.description="Forwards Netwrix Auditor alerts and activity records and forensic timelines to a SIEM as CEF over syslog, every record once in a durable spool" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.created="$CREATED" \
      org.opencontainers.image.source="$SOURCE" \
      org.opencontainers.image.url="$SOURCE" \
      org.opencontainers.image.documentation="${SOURCE:+$SOURCE#readme}" \
      org.opencontainers.image.vendor="Cefline" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.base.name="$BASE" \
      org.opencontainers.image.base.digest="$BASE_DIGEST"
COPY --from=tree / /opt/
WORKDIR /opt/cefline
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

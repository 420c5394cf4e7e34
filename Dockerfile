# docker build --build-arg VERSION=1.2.3 --build-arg COMMIT=$(git rev-parse HEAD) -t capisim .
FROM --platform=$BUILDPLATFORM golang:1.26 AS build
ARG VERSION=development
# What "capisim version" tells; the build does not see the clone.
ARG COMMIT=
ARG TARGETOS
ARG TARGETARCH
WORKDIR /src
COPY . .
# The caches stay with the builder and never reach the image. What -s and -w leave
# out need not be compiled, and a compiler ends before its garbage matters.
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH GOGC=400 \
    go build -trimpath -tags nomsgpack -gcflags=all=-dwarf=false -ldflags "-s -w -X main.version=$VERSION -X main.commit=$COMMIT" -o /image/capisim ./cmd/capisim
# An empty folder to mount scenarios on, and the certificates that requests to
# other servers are checked against.
RUN mkdir -p /image/scenarios /image/etc/ssl/certs \
    && cp /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/

FROM scratch
COPY --from=build /image/ /
USER 65532:65532
# Loopback would end at the container's edge.
ENV CAPISIM_LISTEN=:8080 CAPISIM_SCENARIOS=/scenarios
EXPOSE 8080
# Ready a second after the start, unhealthy 15 seconds after it has stopped answering.
HEALTHCHECK --interval=1s --timeout=3s --retries=4 CMD ["/capisim", "healthcheck"]
ENTRYPOINT ["/capisim"]
CMD ["serve"]

package client

//go:generate sh -c "go run ../../../cmd/capisim schema openapi > openapi.json && go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2 -config config.yaml openapi.json && rm openapi.json"

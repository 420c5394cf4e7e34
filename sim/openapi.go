package sim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"

	"example.com/capisim/sim/admin"
	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/openapi"
	"example.com/capisim/sim/world"
)

// placeholder is the address in a document that has been made and not sent.
const placeholder = "https://capi.invalid"

// apiDocuments holds the document of each edition once it was asked for: every
// example in it is a request.
var apiDocuments struct {
	sync.Mutex
	made map[contract.Variant][]byte
}

// OpenAPI is the simulated API as an OpenAPI 3.1 document: variant is default,
// open-source or vendor, base the address that it is served at.
func OpenAPI(variant, base string) ([]byte, error) {
	v := contract.Variant(variant)
	if v != contract.Default && v != contract.OpenSource && v != contract.Vendor {
		return nil, fmt.Errorf("variant %q, expected default, open-source or vendor", variant)
	}
	apiDocuments.Lock()
	defer apiDocuments.Unlock()
	raw, made := apiDocuments.made[v]
	if !made {
		var err error
		if raw, err = makeAPIDocument(v); err != nil {
			return nil, fmt.Errorf("make the OpenAPI document: %w", err)
		}
		if apiDocuments.made == nil {
			apiDocuments.made = map[contract.Variant][]byte{}
		}
		apiDocuments.made[v] = raw
	}
	return addressed(raw, base)
}

// addressed puts an address in the place of the placeholder.
func addressed(raw []byte, base string) ([]byte, error) {
	quoted, err := json.Marshal(base)
	if err != nil {
		return nil, err
	}
	return bytes.ReplaceAll(raw, []byte(placeholder), quoted[1:len(quoted)-1]), nil
}

// adminDocument is the admin API's document, once it was asked for.
var adminDocument struct {
	sync.Mutex
	made []byte
}

// AdminOpenAPI is the admin API as an OpenAPI 3.1 document, whose paths begin at
// base.
func AdminOpenAPI(base string) ([]byte, error) {
	adminDocument.Lock()
	defer adminDocument.Unlock()
	if adminDocument.made == nil {
		made, err := makeAdminDocument()
		if err != nil {
			return nil, fmt.Errorf("make the OpenAPI document: %w", err)
		}
		adminDocument.made = made
	}
	return addressed(adminDocument.made, base)
}

// serveOpenAPI answers the document of a world.
func (s *Simulator) serveOpenAPI(w http.ResponseWriter, r *http.Request, of *world.World) {
	raw, err := OpenAPI(string(of.Current().Variant), s.api.Base(r, of.Prefix))
	if err != nil {
		s.config.log.Error("openapi", "cause", err)
		http.Error(w, "capisim failed, the cause is in its log", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Write(raw) //nolint:errcheck // the reader is gone
}

func makeAdminDocument() ([]byte, error) {
	a, err := newAdminExamples()
	if err != nil {
		return nil, err
	}
	return admin.OpenAPI(placeholder, contract.APIVersion, a.ask)
}

func makeAPIDocument(variant contract.Variant) ([]byte, error) {
	e, err := newExamples(variant)
	if err != nil {
		return nil, err
	}
	defer e.simulator.Close() //nolint:errcheck // it never fails
	return openapi.API(placeholder, variant, e.ask)
}

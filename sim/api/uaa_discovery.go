package api

// uaaVersion is the release of UAA that is played.
const uaaVersion = "77.20.0"

// loginJSON is the answer of GET /login to those who accept JSON. Each prompt
// is a type and a label; the cf CLI reads both.
type loginJSON struct {
	App      versionJSON         `json:"app"`
	Links    map[string]string   `json:"links"`
	ZoneName string              `json:"zone_name"`
	EntityID string              `json:"entityID"`
	IDPs     struct{}            `json:"idpDefinitions"`
	Prompts  map[string][]string `json:"prompts"`
}

func getLogin(c *call) (reply, error) {
	base := c.base()
	return uaaJSON(loginJSON{
		App: versionJSON{uaaVersion}, Links: map[string]string{"login": base, "uaa": base}, ZoneName: "uaa", EntityID: base,
		Prompts: map[string][]string{"username": {"text", "Email"}, "password": {"password", "Password"}},
	})
}

// keyJSON is a key by which tokens can be verified.
type keyJSON struct {
	Type      string `json:"kty"`
	Exponent  string `json:"e"`
	Use       string `json:"use"`
	ID        string `json:"kid"`
	Algorithm string `json:"alg"`
	Value     string `json:"value"`
	Modulus   string `json:"n"`
}

func listTokenKeys(*call) (reply, error) {
	text, modulus, exponent, err := issuer.publicKey()
	if err != nil {
		return reply{}, err
	}
	return uaaJSON(map[string][]keyJSON{"keys": {{"RSA", exponent, "sig", issuer.kid, "RS256", text, modulus}}})
}

// openIDJSON is the discovery document of OpenID Connect, as far as it is true
// here.
type openIDJSON struct {
	Issuer           string   `json:"issuer"`
	AuthEndpoint     string   `json:"authorization_endpoint"`
	TokenEndpoint    string   `json:"token_endpoint"`
	AuthMethods      []string `json:"token_endpoint_auth_methods_supported"`
	Keys             string   `json:"jwks_uri"`
	Scopes           []string `json:"scopes_supported"`
	ResponseTypes    []string `json:"response_types_supported"`
	SubjectTypes     []string `json:"subject_types_supported"`
	SigningAlgorithm []string `json:"id_token_signing_alg_values_supported"`
	GrantTypes       []string `json:"grant_types_supported"`
	Claims           []string `json:"claims_supported"`
}

func getOpenIDConfiguration(c *call) (reply, error) {
	base := c.base()
	return uaaJSON(openIDJSON{
		Issuer: base + "/oauth/token", AuthEndpoint: base + "/oauth/authorize", TokenEndpoint: base + "/oauth/token", Keys: base + "/token_keys",
		AuthMethods: []string{"client_secret_basic", "client_secret_post"},
		Scopes:      []string{"openid"}, ResponseTypes: []string{"token"}, SubjectTypes: []string{"public"}, SigningAlgorithm: []string{"RS256"},
		GrantTypes: []string{"password", "refresh_token", "client_credentials"},
		Claims:     []string{"sub", "user_name", "origin", "iss", "jti", "client_id", "grant_type", "user_id", "exp", "scope", "email", "aud"},
	})
}

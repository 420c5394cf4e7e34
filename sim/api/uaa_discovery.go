package api

func getLogin(c *call) (reply, error) { return uaaJSON(c.document("login", nil)) }

func getOpenIDConfiguration(c *call) (reply, error) {
	return uaaJSON(c.document("openid_configuration", nil))
}

func listTokenKeys(c *call) (reply, error) {
	text, modulus, exponent, err := issuer.publicKey()
	if err != nil {
		return reply{}, err
	}
	return uaaJSON(c.document("token_keys", values{"exponent": exponent, "id": issuer.kid, "key": text, "modulus": modulus}))
}

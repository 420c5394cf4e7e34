package api

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// claims are what UAA puts into a token and what clients and the cloud
// controller read of it (CLIENTS.md §2, CONTRACT.md §19).
type claims struct {
	jwt.RegisteredClaims
	UserID    string   `json:"user_id,omitempty"`
	UserName  string   `json:"user_name,omitempty"`
	Origin    string   `json:"origin,omitempty"`
	Email     string   `json:"email,omitempty"`
	ClientID  string   `json:"client_id,omitempty"`
	CID       string   `json:"cid,omitempty"`
	AZP       string   `json:"azp,omitempty"`
	GrantType string   `json:"grant_type,omitempty"`
	ZoneID    string   `json:"zid"`
	Scope     []string `json:"scope"`
	// Session marks the logins of the world that an access token belongs to,
	// Refresh those of a refresh token.
	Session string `json:"session,omitempty"`
	Refresh string `json:"refresh,omitempty"`
	Until   int64  `json:"until"` // the expiry to the millisecond: exp has whole seconds
}

// signer makes and verifies the tokens of this process. Its key is drawn at
// random when it is first needed and never leaves the process.
type signer struct {
	key func() *rsa.PrivateKey
	kid string

	mu       sync.Mutex
	verified map[string]*claims // verifying a signature costs more than a request
}

// maxVerified bounds the remembered tokens.
const maxVerified = 4096

var issuer = &signer{
	key: sync.OnceValue(func() *rsa.PrivateKey {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic("no key for tokens: " + err.Error())
		}
		return key
	}),
	kid:      "capisim-" + strings.ToLower(rand.Text()[:12]),
	verified: map[string]*claims{},
}

// sign makes a token.
func (s *signer) sign(c *claims) (string, error) {
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, c)
	token.Header["kid"] = s.kid
	token.Header["jku"] = c.Issuer[:max(0, len(c.Issuer)-len("/oauth/token"))] + "/token_keys"
	return token.SignedString(s.key())
}

// verify reads a token. ours says that this process claims to have made it;
// then err tells what is wrong with it: the signature or the expiry.
func (s *signer) verify(token string, now time.Time) (c *claims, ours bool, err error) {
	if !s.made(token) {
		return nil, false, nil
	}
	s.mu.Lock()
	c, known := s.verified[token]
	s.mu.Unlock()
	if !known {
		c = &claims{}
		_, err := jwt.ParseWithClaims(token, c,
			func(*jwt.Token) (any, error) { return &s.key().PublicKey, nil },
			jwt.WithValidMethods([]string{jwt.SigningMethodRS256.Alg()}),
			jwt.WithTimeFunc(func() time.Time { return now }), jwt.WithExpirationRequired())
		if err != nil {
			return nil, true, err
		}
		s.remember(token, c)
	}
	if !now.Before(c.ExpiresAt.Time) || c.Until != 0 && now.UnixMilli() >= c.Until {
		return nil, true, jwt.ErrTokenExpired
	}
	return c, true, nil
}

func (s *signer) remember(token string, c *claims) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.verified) >= maxVerified {
		clear(s.verified)
	}
	s.verified[token] = c
}

// made says that the token's header carries this process's key id.
func (s *signer) made(token string) bool {
	head, _, ok := strings.Cut(token, ".")
	if !ok || !strings.HasPrefix(head, "eyJ") {
		return false
	}
	raw, err := base64.RawURLEncoding.DecodeString(head)
	if err != nil {
		return false
	}
	var header struct {
		KeyID string `json:"kid"`
	}
	return json.Unmarshal(raw, &header) == nil && header.KeyID == s.kid
}

// publicKey is the key as UAA publishes it: in PEM, and by its numbers in
// base64url.
func (s *signer) publicKey() (text, modulus, exponent string, err error) {
	key := &s.key().PublicKey
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return "", "", "", err
	}
	text = string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	encode := base64.RawURLEncoding.EncodeToString
	return text, encode(key.N.Bytes()), encode(big.NewInt(int64(key.E)).Bytes()), nil
}

package api

import (
	"bytes"
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

	"example.com/capisim/sim/document"
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
	kid:      keyName + strings.ToLower(rand.Text()[:12]),
	verified: map[string]*claims{},
}

// sign makes a token.
func (s *signer) sign(c *claims) (string, error) {
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, c)
	token.Header["kid"] = s.kid
	token.Header["jku"] = c.Issuer[:max(0, len(c.Issuer)-len("/oauth/token"))] + "/token_keys"
	return token.SignedString(s.key())
}

// verify reads a token. ours says that capisim has made it, or what has become of
// it; then err tells what is wrong with it: the form, the key, the signature or the
// expiry.
func (s *signer) verify(token string, now time.Time) (c *claims, ours bool, err error) {
	s.mu.Lock()
	c, known := s.verified[token]
	s.mu.Unlock()
	if !known {
		if !looksIssued(token) {
			return nil, false, nil
		}
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

// keyName is what the names of keys begin with, in every process.
const keyName = "capisim-"

// The forms of the names of keys, and of the marks that world.Sessions gives.
var (
	keyNames = document.Pattern("^" + keyName + "[a-z2-7]{12}$")
	marks    = document.Pattern("^[A-Z2-7]{26}/r?[0-9]+$")
)

// looksIssued says that a token is capisim's, of this process or of another, or was
// before somebody changed it: its header names a key of capisim's, or its claims
// carry a mark of its logins. It is read as leniently as it can be: no bad token
// may pass for that of a stranger, who is an administrator to permissive auth.
func looksIssued(token string) bool {
	head, rest, _ := strings.Cut(token, ".")
	body, _, _ := strings.Cut(rest, ".")
	var header struct {
		KeyID string `json:"kid"`
	}
	var marked struct{ Session, Refresh string }
	return decodes(head, &header) && keyNames().MatchString(header.KeyID) ||
		decodes(body, &marked) && (marks().MatchString(marked.Session) || marks().MatchString(marked.Refresh))
}

// decodes reads the JSON at the beginning of a part of a token, in either alphabet
// of base64, whatever stands around or behind it.
func decodes(part string, into any) bool {
	letters := strings.Map(func(r rune) rune {
		switch {
		case r == '+':
			return '-'
		case r == '/':
			return '_'
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '-', r == '_':
			return r
		}
		return -1
	}, part)
	raw, _ := base64.RawURLEncoding.DecodeString(letters) // what there is before an error
	if raw = bytes.TrimSpace(raw); len(raw) == 0 || raw[0] != '{' {
		return false // as of most tokens that are nobody's
	}
	return json.NewDecoder(bytes.NewReader(raw)).Decode(into) == nil
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

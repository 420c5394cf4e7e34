package contract_test

import (
	"net/http"
	"net/url"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "example.com/capisim/tests/harness"
)

var _ = Describe("A login", func() {
	form := func(world *Client) *Client {
		client := world.With("Authorization", "Basic Y2Y6").With("Content-Type", "application/x-www-form-urlencoded")
		client.Token = ""
		return client
	}
	login := func(world *Client) *Exchange {
		GinkgoHelper()
		x := form(world).Do("POST", "//oauth/token", "grant_type=password&username=developer&password=developer")
		Expect(x).To(HaveStatus(http.StatusOK))
		return x
	}
	access := func(world *Client, x *Exchange) int {
		GinkgoHelper()
		return world.As(x.At("access_token").(string)).Do("GET", "//v3/processes", nil).Status
	}
	refresh := func(world *Client, x *Exchange) *Exchange {
		GinkgoHelper()
		return form(world).Do("POST", "/oauth/token", "grant_type=refresh_token&refresh_token="+url.QueryEscape(x.At("refresh_token").(string)))
	}

	It("outlives a reset, a load and another state", func() {
		world := World(root, "default")
		x := login(world)
		for _, change := range []func(){
			func() { world.Do("POST", "/admin/reset", nil) },
			func() { world.Do("POST", "/admin/load", `{"scenario":"quota"}`) },
			func() { world.Do("PUT", "/admin/state", world.Do("GET", "/admin/state", nil).Body) },
		} {
			change()
			Expect(access(world, x)).To(Equal(http.StatusOK))
			Expect(refresh(world, x)).To(HaveStatus(http.StatusOK))
		}
	})

	It("ends when it is ended, the refresh token only on demand", func() {
		world := World(root, "default")
		x := login(world)
		Expect(world.Do("POST", "/admin/tokens/expire", nil)).To(HaveStatus(http.StatusOK))
		Expect(access(world, x)).To(Equal(http.StatusUnauthorized))
		renewed := refresh(world, x)
		Expect(access(world, renewed)).To(Equal(http.StatusOK))
		Expect(world.Do("POST", "/admin/tokens/expire", `{"refresh":true}`)).To(HaveStatus(http.StatusOK))
		Expect(refresh(world, renewed).At("error")).To(Equal("invalid_token"))
		Expect(world.As("developer").Do("GET", "/v3/processes", nil)).To(HaveStatus(http.StatusOK), "static tokens stay")
		Expect(world.Do("POST", "/admin/tokens/expire", `{"refresh":1}`)).To(HaveStatus(http.StatusUnprocessableEntity))
	})

	It("ends with its world, although another one gets the name", func() {
		admin := &Client{Base: root}
		begin := func() *Client {
			Expect(admin.Do("POST", "/admin/worlds", `{"name":"logins"}`)).To(HaveStatus(http.StatusCreated))
			return &Client{Base: root + "/worlds/logins"}
		}
		world := begin()
		x := login(world)
		Expect(admin.Do("DELETE", "/admin/worlds/logins", nil)).To(HaveStatus(http.StatusNoContent))
		world = begin()
		Expect(access(world, x)).To(Equal(http.StatusUnauthorized))
		Expect(refresh(world, x)).To(HaveStatus(http.StatusUnauthorized))
		token := "token=" + url.QueryEscape(x.At("access_token").(string))
		Expect(form(world).Do("POST", "/introspect", token).At("active")).To(BeFalse())
		Expect(form(world).Do("POST", "/check_token", token).At("error")).To(Equal("invalid_token"))
		Expect(admin.Do("DELETE", "/admin/worlds/logins", nil)).To(HaveStatus(http.StatusNoContent))
	})

	It("lives as long as the scenario says", func() {
		world := World(root, "default")
		world.Do("POST", "/admin/load", `{"scenario":{"name":"brief","extends":"default","auth":{"token_life":"50ms"}}}`)
		x := login(world)
		Eventually(func() int { return access(world, x) }).Should(Equal(http.StatusUnauthorized))
		Expect(refresh(world, x)).To(HaveStatus(http.StatusOK))
	})

	It("is open to any client with permissive auth", func() {
		world := World(root, "default")
		x := form(world).With("Authorization", "").Do("POST", "/oauth/token", "grant_type=client_credentials&client_id=autoscaler&client_secret=whatever")
		Expect(x).To(HaveStatus(http.StatusOK))
		Expect(access(world, x)).To(Equal(http.StatusOK))
	})
})

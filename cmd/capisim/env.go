package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"example.com/capisim/sim/client"
)

// variablesOf are what a client needs to reach a world (docs/DESIGN.md), in the
// order in which they are printed.
type clientVariable struct{ name, value string }

// clientVariables asks a world for its users and tokens.
func clientVariables(ctx context.Context, c *client.Client, certificate string) ([]clientVariable, error) {
	overview, err := c.Overview(ctx)
	if err != nil {
		return nil, err
	}
	document, err := c.State(ctx, formatJSON)
	if err != nil {
		return nil, err
	}
	var state struct {
		Auth struct {
			Users []struct {
				Name, Password string
				Scopes         []string
			}
			Tokens map[string]string
		}
	}
	if err := json.Unmarshal(document, &state); err != nil {
		return nil, fmt.Errorf("read the world's users: %w", err)
	}
	if _, unix := socketPath(c.URL); unix && strings.HasPrefix(overview.URL+"/", unixHost+"/") { // the name of many
		overview.URL = c.URL
		if overview.World != "default" {
			overview.URL += "/worlds/" + overview.World
		}
	}
	list := []clientVariable{
		{"CAPISIM_URL", overview.URL}, {"CF_API", overview.URL}, {"CAPISIM_WORLD", overview.World},
	}
	admins := map[string]string{} // name to password
	for _, user := range state.Auth.Users {
		if slices.Contains(user.Scopes, "cloud_controller.admin") {
			admins[user.Name] = user.Password
		}
	}
	for _, token := range slices.Sorted(maps.Keys(state.Auth.Tokens)) {
		if password, admin := admins[state.Auth.Tokens[token]]; admin {
			list = append(list, clientVariable{"CAPISIM_TOKEN", token},
				clientVariable{"CAPISIM_USER", state.Auth.Tokens[token]}, clientVariable{"CAPISIM_PASSWORD", password})
			break
		}
	}
	if certificate != "" {
		list = append(list, clientVariable{"SSL_CERT_FILE", certificate})
	}
	return list, nil
}

// shells are the forms in which capisim env writes; each quotes a value so that
// nothing in it acts.
var shells = map[string]func(name, value string) string{
	"sh":   func(name, value string) string { return "export " + name + "=" + quoteSh(value) },
	"fish": func(name, value string) string { return "set -gx " + name + " " + quoteFish(value) },
	"powershell": func(name, value string) string {
		return "$Env:" + name + " = '" + strings.ReplaceAll(value, "'", "''") + "'"
	},
	"dotenv": func(name, value string) string { return name + "=" + quoteSh(value) },
}

func quoteSh(value string) string { return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'" }

var fishEscapes = strings.NewReplacer(`\`, `\\`, `'`, `\'`)

func quoteFish(value string) string { return "'" + fishEscapes.Replace(value) + "'" }

func (p *program) envCommand() *cobra.Command {
	shell := "sh"
	certificate := ""
	cmd := remote(&cobra.Command{
		Use:   "env",
		Short: "Print the environment that a client needs to reach a world",
		Example: "  eval \"$(capisim env)\"\n" +
			"  capisim env --world blue --shell dotenv > .env",
		Args: arguments(0, 0),
	}, func(ctx context.Context, c *client.Client, _ []string) error {
		list, err := clientVariables(ctx, c, certificate)
		if err != nil {
			return err
		}
		if shell == formatJSON {
			object := map[string]string{}
			for _, v := range list {
				object[v.name] = v.value
			}
			return p.printJSON(object)
		}
		for _, v := range list {
			if _, err := fmt.Fprintln(p.stdout, shells[shell](v.name, v.value)); err != nil {
				return err
			}
		}
		return nil
	})
	cmd.Flags().Var(oneOf(&shell, append([]string{"sh"}, "fish", "powershell", "dotenv", formatJSON)...), "shell", "whose notation it is written in")
	cmd.Flags().StringVar(&certificate, "tls-cert", "", "`file` with the server's certificate, for SSL_CERT_FILE")
	return cmd
}

package main

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func TestBadUsage(t *testing.T) {
	t.Parallel()
	var names []string
	for _, cmd := range (&program{}).root().Commands() {
		if cmd.Name() != "help" {
			names = append(names, cmd.Name())
		}
	}
	commands := joined(names)
	tests := []struct {
		name    string
		args    string
		environ []string
		want    string // of stderr
	}{
		{"no command", "", nil, "capisim: no command\nexpected one of " + commands + "\n"},
		{"unknown command", "shoot --listen x", nil, "capisim: unknown command \"shoot\"\nexpected one of " + commands + "\n"},
		{"nearly a command", "srve --listen x", nil, "capisim: unknown command \"srve\", did you mean serve?\n"},
		{"what a command is called elsewhere", "world rm", nil, "capisim world: unknown command \"rm\", did you mean delete?\n"},
		{"a command of a group", "freeze", nil, "capisim: unknown command \"freeze\", did you mean clock freeze?\n"},
		{"a command of two groups", "list", nil, "capisim: unknown command \"list\", did you mean fault list or world list?\n"},
		{"no command of a group", "world", nil, "capisim world: no command\nexpected one of create, delete, list\n"},
		{"unknown command of a group that does something", "clock stop", nil, "capisim clock: unknown command \"stop\"\nexpected one of advance, freeze, resume\n"},
		{"nearly a flag", "generate --app 3", nil, "capisim generate: unknown flag --app, did you mean --apps?\n"},
		{"what a flag is called elsewhere", "serve --port 3", nil, "capisim serve: unknown flag --port, did you mean --listen?\n"},
		{"unknown flag", "generate --colour 3", nil, "capisim generate: unknown flag --colour\nexpected one of --apps, --seed, --format, --help\n"},
		{"unknown short flag", "version -x", nil, "capisim version: unknown flag -x\nexpected --help or nothing\n"},
		{"no value", "generate --apps", nil, "capisim generate: --apps has no value, expected --apps number: how many apps\n"},
		{"bad value", "generate --apps=many", nil, "capisim: --apps: \"many\", expected a whole number from 1 to 50000\n"},
		{"bad value in the environment", "generate", []string{"CAPISIM_APPS=-1"}, "capisim: CAPISIM_APPS: \"-1\", expected a whole number from 1 to 50000\n"},
		{"bad switch in the environment", "serve", []string{"CAPISIM_NO_PREFER=perhaps"}, "capisim: CAPISIM_NO_PREFER: \"perhaps\", expected true or false\n"},
		{"bad choice", "serve --auth=lax", nil, "capisim: --auth: \"lax\", expected one of permissive, strict\n"},
		{"bad size", "serve --journal-bytes 64MO", nil, "capisim: --journal-bytes: \"64MO\", expected a number of bytes such as 64MiB\n"},
		{"too many arguments", "serve now please", nil, "capisim serve: 2 arguments (now please)\nusage: capisim serve [flags]\n"},
		{"too few arguments", "validate", nil, "capisim validate: no argument\nusage: capisim validate FILE... [flags]\n"},
		{"unknown scenario", "scenarios nosuch", nil, "capisim: scenario \"nosuch\": no such scenario; there are "},
		{"unknown shell", "completion tcsh", nil, "capisim: completion: unknown shell \"tcsh\", expected one of bash, zsh, fish, powershell\n"},
		{"help about nothing", "help nosuch", nil, "capisim: unknown command \"nosuch\"\nexpected one of " + commands + "\n"},
		{"help about nothing below", "help state x", nil, "capisim state: unknown command \"x\"\nusage: capisim state [flags]\n"},
		{"no size to generate", "generate", nil, "capisim: generate: --apps is missing, expected how many apps to make\n"},
		{"no scenario folder", "scenarios --scenarios ./nosuch", nil, "capisim: --scenarios: read scenarios: open ./nosuch: no such file or directory\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := invoke(t, test.environ, strings.Fields(test.args)...)
			if got.code != exitMisused || got.out != "" || !strings.HasPrefix(got.err, test.want) {
				t.Errorf("exit code %d, stdout %q, stderr\n%s\nwant 2, nothing, and\n%s", got.code, got.out, got.err, test.want)
			}
			if strings.HasSuffix(test.want, "\n") && got.err != test.want {
				t.Errorf("stderr goes on after %q: %q", test.want, got.err)
			}
		})
	}
}

func TestEnvironment(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		environ []string
		args    string
		seed    string // that the generated scenario names
	}{
		{"default", nil, "generate --apps 1", "1"},
		{"variable", []string{"CAPISIM_SEED=7"}, "generate --apps 1", "7"},
		{"flag beats variable", []string{"CAPISIM_SEED=7"}, "generate --apps 1 --seed 8", "8"},
		{"flag with its default beats variable", []string{"CAPISIM_SEED=7"}, "generate --apps 1 --seed 1", "1"},
		{"flag beats a bad variable", []string{"CAPISIM_SEED=x"}, "generate --apps 1 --seed 8", "8"},
		{"empty variable", []string{"CAPISIM_SEED="}, "generate --apps 1", "1"},
		{"last of two", []string{"CAPISIM_SEED=7", "CAPISIM_SEED=9"}, "generate --apps 1", "9"},
		{"value with an equals sign is whole", []string{"CAPISIM_APPS=1", "CAPISIM_SCENARIO=a=b"}, "generate", "1"},
		{"made by an orchestrator", []string{"CAPISIM_PORT=tcp://10.0.0.1:8080", "CAPISIM_SERVICE_HOST=10.0.0.1"}, "generate --apps 1", "1"},
		{"without the prefix", []string{"SEED=7", "capisim_seed=7"}, "generate --apps 1", "1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := invoke(t, test.environ, strings.Fields(test.args)...)
			if want := "\nseed: " + test.seed + "\n"; got.code != exitDone || !strings.Contains(got.out, want) {
				t.Errorf("exit code %d, stderr %q, stdout %.120q..., want %q", got.code, got.err, got.out, want)
			}
		})
	}
}

func TestFlagsStandAnywhere(t *testing.T) {
	t.Parallel()
	want := invoke(t, nil, "scenarios", "quota").out
	for _, args := range [][]string{
		{"scenarios", "--scenarios", ".", "quota"},
		{"scenarios", "quota", "--scenarios", "."},
		{"--scenarios", ".", "scenarios", "quota"},
		{"scenarios", "--", "quota"},
	} {
		if got := invoke(t, nil, args...); got.code != exitDone || got.out != want {
			t.Errorf("%v: exit code %d, stderr %q, stdout %d bytes, want those of scenarios quota", args, got.code, got.err, len(got.out))
		}
	}
}

// eachCommand visits the command table.
func eachCommand(cmd *cobra.Command, visit func(*cobra.Command)) {
	visit(cmd)
	for _, sub := range cmd.Commands() {
		eachCommand(sub, visit)
	}
}

func TestEveryFlagHasAVariable(t *testing.T) {
	t.Parallel()
	// What an orchestrator sets for a service called capisim, and what the
	// tests are told by, must not be taken for a flag.
	foreign := []string{"CAPISIM_PORT", "CAPISIM_SERVICE_HOST", "CAPISIM_SERVICE_PORT", "CAPISIM_BINARY"}
	checked := 0
	eachCommand((&program{}).root(), func(cmd *cobra.Command) {
		cmd.Flags().VisitAll(func(flag *pflag.Flag) {
			name := variable(flag.Name)
			if slices.Contains(foreign, name) {
				t.Errorf("%s: --%s takes %s, which is not ours", cmd.CommandPath(), flag.Name, name)
			}
			if flag.Usage == "" {
				t.Errorf("%s: --%s says nothing in help", cmd.CommandPath(), flag.Name)
			}
			checked++
			p := &program{environ: map[string]string{name: "\x00"}}
			err := p.merge(cmd)
			switch flag.Value.Type() {
			case "string", "stringSlice", "stringArray":
				if ownServers[cmd.Name()] && describesServer[flag.Name] {
					if err != nil || flag.Changed {
						t.Errorf("%s: %s was taken, which is about its client's server: %v", cmd.CommandPath(), name, err)
					}
				} else if err != nil || !flag.Changed {
					t.Errorf("%s: %s was not taken: %v", cmd.CommandPath(), name, err)
				}
			default:
				if err == nil || !strings.HasPrefix(err.Error(), name+`: "\x00", expected `) {
					t.Errorf("%s: %s: %v, want a refusal that says what is expected", cmd.CommandPath(), name, err)
				}
			}
			flag.Changed = false // one may overrule another
		})
	})
	if checked < 60 {
		t.Errorf("%d flags were checked, want all of them", checked)
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	eachCommand((&program{}).root(), func(cmd *cobra.Command) {
		if cmd.Short == "" {
			t.Errorf("%s: no line of help", cmd.CommandPath())
		}
		args := append(strings.Fields(cmd.CommandPath())[1:], "--help")
		if got := invoke(t, nil, args...); got.code != exitDone || !strings.Contains(got.out, "Usage:") || got.err != "" {
			t.Errorf("%v: exit code %d, stdout %q, stderr %q, want help on stdout", args, got.code, got.out, got.err)
		}
	})
}

func TestHelpCommand(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ args, want string }{
		{"help", "capisim simulates "},
		{"help serve", "Serve the simulated API "},
		{"help fault set", "Make an operation answer a status"},
	} {
		if got := invoke(t, nil, strings.Fields(test.args)...); got.code != exitDone || !strings.HasPrefix(got.out, test.want) {
			t.Errorf("%s: exit code %d, stdout %.80q, stderr %q", test.args, got.code, got.out, got.err)
		}
	}
}

func TestMessage(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		err  error
		want string
		code int
	}{
		{"one line", misused("no such thing"), "capisim: no such thing\n", exitMisused},
		{"names the command already", misused("capisim serve: no"), "capisim serve: no\n", exitMisused},
		{"three lines", misused("a\nb\nc"), "capisim: a\nb\nc\n", exitMisused},
		{"more lines", misused("a\nb\nc\nd\n"), "capisim: a\nb\nand 2 more\n", exitMisused},
		{"said already", reported, "", exitFound},
		{"gate", found("80 %%, expected 90 %%"), "capisim: 80 %, expected 90 %\n", exitFound},
		{"no server", unreached(errors.New("refused")), "capisim: refused\n", exitUnreached},
		{"unforeseen", errors.New("odd"), "capisim: odd\n", exitMisused},
		{"wrapped", errors.Join(found("a"), errors.New("b")), "capisim: a\nb\n", exitFound},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := message(test.err); got != test.want {
				t.Errorf("message %q, want %q", got, test.want)
			}
			if got := exitCode(test.err); got != test.code {
				t.Errorf("exit code %d, want %d", got, test.code)
			}
		})
	}
}

// FuzzMessage: whatever went wrong, it takes three lines at most.
func FuzzMessage(f *testing.F) {
	for _, seed := range []string{"", "a", "a\nb\nc\nd", "\n\n\n", "capisim\n\n\n\n", "\r\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := message(errors.New(text))
		if lines := strings.Count(got, "\n"); lines > maxLines {
			t.Errorf("%d lines: %q", lines, got)
		}
		if got != "" && !strings.HasSuffix(got, "\n") {
			t.Errorf("%q has no end of line", got)
		}
	})
}

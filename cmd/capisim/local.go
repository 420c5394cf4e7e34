package main

import (
	"cmp"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"example.com/capisim/scenarios"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/scenario"
)

// version is set by the linker: -X main.version=1.2.3. So is commit where the build
// sees no clone, as that of the image.
var version, commit string

// currentVersion is what this binary was built from.
func currentVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "development"
}

// localCommands are those that need no server.
func (p *program) localCommands() []*cobra.Command {
	return []*cobra.Command{
		p.validateCommand(), p.scenariosCommand(), p.generateCommand(), p.initCommand(), p.docsCommand(), p.schemaCommand(), p.versionCommand(), p.completionCommand(),
	}
}

// folderFlag adds the flag that serve has too, so that what it finds in the
// folder is found here.
func folderFlag(cmd *cobra.Command, folder *string) {
	cmd.Flags().StringVar(folder, "scenarios", "", "`folder` with more scenarios")
}

func openLibrary(folder string) (*scenario.Library, error) {
	library, err := scenario.NewLibrary(scenarios.FS, folder)
	if err != nil {
		return nil, misused("--scenarios: %w", err)
	}
	return library, nil
}

func (p *program) validateCommand() *cobra.Command {
	var folder string
	cmd := &cobra.Command{
		Use:   "validate FILE...",
		Short: "Check scenario files; - is standard input",
		Long: "Check scenario files. Each problem is a line, file:line:column: message; no line means that all is well.\n" +
			"A file may extend the shipped scenarios and those of --scenarios.",
		Args: arguments(1, -1),
		RunE: func(_ *cobra.Command, files []string) error { return p.validate(files, folder) },
	}
	folderFlag(cmd, &folder)
	return cmd
}

// validate goes through all files, so that one run shows everything that is
// wrong. A file that cannot be read is bad input, which outweighs problems.
func (p *program) validate(files []string, folder string) error {
	library, err := openLibrary(folder)
	if err != nil {
		return err
	}
	var unread []error
	bad := false
	for _, file := range files {
		data, err := p.read(file)
		if err != nil {
			unread = append(unread, err)
			continue
		}
		_, err = scenario.Parse(file, data, library)
		var problems document.Problems
		switch {
		case errors.As(err, &problems):
			fmt.Fprintln(p.stdout, problems.Error())
			bad = true
		case err != nil:
			unread = append(unread, err)
		}
	}
	switch {
	case unread != nil:
		return misused("%w", errors.Join(unread...))
	case bad:
		return reported
	}
	return nil
}

// read reads a document that was named as an argument; - is standard input.
func (p *program) read(name string) ([]byte, error) { return p.readAtMost(name, document.MaxBytes) }

func (p *program) readAtMost(name string, most int64) ([]byte, error) {
	if name == "-" {
		return document.ReadAll("standard input", p.stdin, most)
	}
	return document.ReadFile(name, most)
}

func (p *program) scenariosCommand() *cobra.Command {
	var folder, format string
	cmd := &cobra.Command{
		Use:   "scenarios [NAME]",
		Short: "List the scenarios, or print one",
		Args:  arguments(0, 1),
		RunE: func(_ *cobra.Command, names []string) error {
			library, err := openLibrary(folder)
			if err != nil {
				return err
			}
			if len(names) == 1 {
				return p.printScenario(library, names[0])
			}
			return p.listScenarios(library, format)
		},
		ValidArgsFunction: completeScenarios,
	}
	folderFlag(cmd, &folder)
	formatFlag(cmd, &format)
	return cmd
}

func (p *program) printScenario(library *scenario.Library, name string) error {
	text, err := library.Source(name)
	if err != nil {
		return misused("%w", err)
	}
	_, err = p.stdout.Write(text)
	return err
}

func (p *program) listScenarios(library *scenario.Library, format string) error {
	list := library.List()
	if format == formatJSON {
		return p.printJSON(list)
	}
	return p.table(func(row func(...any)) {
		row("NAME", "DESCRIPTION")
		for _, one := range list {
			text := one.Description
			if one.Broken != "" {
				text = "broken; capisim validate says more: " + one.Source
			}
			row(one.Name, text)
		}
	})
}

// maxApps bounds what generate makes: a scenario file has its limit too.
const maxApps = 50_000

func (p *program) generateCommand() *cobra.Command {
	var apps, seed int64 = 0, 1
	var format = formatYAML
	cmd := &cobra.Command{
		Use:   "generate --apps N",
		Short: "Print a scenario of that size, drawn from a seed",
		Args:  arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !cmd.Flags().Changed("apps") {
				return misused("generate: --apps is missing, expected how many apps to make")
			}
			text, err := scenario.Dump(scenario.Generate(int(apps), seed), format)
			if err != nil {
				return err
			}
			_, err = p.stdout.Write(text)
			return err
		},
	}
	cmd.Flags().Var(number(&apps, 1, maxApps), "apps", "how many apps")
	cmd.Flags().Var(anyNumber(&seed), "seed", "what the draws come from")
	cmd.Flags().Var(oneOf(&format, formatYAML, formatJSON), "format", "how it is written")
	return cmd
}

// versionLine is what version and --version print.
func versionLine() string {
	info, _ := debug.ReadBuildInfo()
	return fmt.Sprintf("capisim %s (%s%s, %s/%s)", currentVersion(), commitOf(info, commit), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// commitOf tells the commit that a binary was built from and when that was made, as
// far as it is known: by the clone that it was built in, or as it was told.
func commitOf(info *debug.BuildInfo, told string) string {
	set := map[string]string{}
	if info != nil {
		for _, s := range info.Settings {
			set[s.Key] = s.Value
		}
	}
	found := cmp.Or(set["vcs.revision"], told)
	if found == "" {
		return ""
	}
	found = "commit " + found[:min(len(found), 12)]
	if set["vcs.modified"] == "true" {
		found += " and more"
	}
	if date := set["vcs.time"]; date != "" {
		found += " of " + date
	}
	return found + ", "
}

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  arguments(0, 0),
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(p.stdout, versionLine())
			return err
		},
	}
}

func (p *program) completionCommand() *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:       "completion bash|zsh|fish|powershell",
		Short:     "Print a completion script for a shell",
		Example:   "  source <(capisim completion bash)",
		Args:      arguments(1, 1),
		ValidArgs: shells,
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(p.stdout, true)
			case "zsh":
				return root.GenZshCompletion(p.stdout)
			case "fish":
				return root.GenFishCompletion(p.stdout, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(p.stdout)
			}
			return misused("completion: unknown shell %s", document.UnknownWord(args[0], shells))
		},
	}
}

// completeScenarios offers the names of the shipped scenarios to a shell.
func completeScenarios(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	library, err := openLibrary("")
	if err != nil || len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return library.Names(), cobra.ShellCompDirectiveDefault
}

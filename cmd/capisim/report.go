package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"

	"example.com/capisim/sim"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/report"
)

// reportFolder is where the evidence of a server is left when it stops; "" for
// nowhere.
type reportFolder string

func (f *reportFolder) register(flags *pflag.FlagSet) {
	flags.StringVar((*string)(f), "report", "", "`folder` to leave coverage, reactions and expectations in at the end")
}

// prepare makes the folder and a file in it: that it cannot be written to is
// better told at the beginning than at the end.
func (f reportFolder) prepare() error {
	if f == "" {
		return nil
	}
	err := os.MkdirAll(string(f), 0o777)
	if err == nil {
		var probe *os.File
		if probe, err = beside(string(f), string(f)); err == nil {
			err = errors.Join(probe.Close(), os.Remove(probe.Name()))
		}
	}
	if err != nil {
		return misused("--report: %w", err)
	}
	return nil
}

// reportFiles are the endings of the files that each report is written to.
var reportFiles = []struct {
	ending string
	format report.Format
}{{"json", report.JSON}, {"xml", report.JUnit}, {"html", report.HTML}}

// leave writes the reports, each file whole or not at all, and a summary of
// three lines. What could not be written is the error, after all others were.
func (f reportFolder) leave(summary io.Writer, simulator *sim.Simulator) error {
	if f == "" {
		return nil
	}
	found, err := simulator.Evidence()
	if err != nil {
		return misused("--report: %w", err)
	}
	for _, one := range []struct {
		name  string
		write func(io.Writer, report.Format) error
	}{
		{"coverage", func(w io.Writer, as report.Format) error {
			return report.Coverage(w, as, found.Coverage, journal.Gate{})
		}},
		{"reactions", func(w io.Writer, as report.Format) error { return report.Reactions(w, as, found.Reactions) }},
		{"expectations", func(w io.Writer, as report.Format) error { return report.Expectations(w, as, found.Expectations) }},
	} {
		for _, file := range reportFiles {
			name := filepath.Join(string(f), one.name+"."+file.ending)
			err = errors.Join(err, writeFile(name, func(w io.Writer) error { return one.write(w, file.format) }))
		}
	}
	place := "; reports in " + string(f)
	if err != nil {
		err, place = misused("--report: %w", err), ""
	}
	_, told := fmt.Fprintln(summary, summed(found)+place)
	return errors.Join(err, told)
}

// summed says in three lines what the reports say.
func summed(found sim.Evidence) string {
	matrix, judged := found.Coverage, found.Expectations
	faults, recovered, gaveUp := 0, 0, 0
	for _, kind := range found.Reactions.Summary {
		faults, recovered, gaveUp = faults+kind.Faults, recovered+kind.Recovered, gaveUp+kind.GaveUp
	}
	return fmt.Sprintf("coverage: %d of %d answers met (%.1f %%), %s never fired\n", matrix.Covered, matrix.Total, matrix.Percent, document.Count(len(matrix.ArmedNeverFired), "rule")) +
		fmt.Sprintf("reactions: %s met, %d recovered, %d given up\n", document.Count(faults, "fault"), recovered, gaveUp) +
		fmt.Sprintf("expectations: %d of %d met, %d unmet, %d not exercised", judged.Met, len(judged.Expectations), judged.Unmet, judged.NotExercised)
}

// writeFile makes a file whole or not at all: whoever reads it meanwhile, or
// finds it after a full disk, has the old one or none.
func writeFile(name string, fill func(io.Writer) error) error {
	file, err := beside(filepath.Dir(name), name)
	if err != nil {
		return err
	}
	err = errors.Join(fill(file), file.Chmod(0o644), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), name)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", name, err), os.Remove(file.Name()))
	}
	return nil
}

// beside makes a file with a name that is made up; the error is about the one
// that people gave.
func beside(folder, name string) (*os.File, error) {
	file, err := os.CreateTemp(folder, ".capisim-")
	if failed := (*fs.PathError)(nil); errors.As(err, &failed) {
		failed.Path = name
	}
	return file, err
}

package scenario

import (
	"fmt"
	"strconv"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
	"github.com/brianvoe/gofakeit/v6/data"
)

// Generate makes a scenario of that many apps, each with a web and a worker
// process, written out: what is in it can be read and edited. The same numbers
// give the same document.
func Generate(apps int, seed int64) *Document {
	d := newDrawer(seed)
	doc := &Document{
		Name:          fmt.Sprintf("generated-%d", apps),
		Description:   fmt.Sprintf("%d generated apps, drawn from seed %d.", apps, seed),
		Seed:          &seed,
		Organizations: []state.Organization{{Name: "demo-org", GUID: d.of("organization", "demo-org").UUID()}},
		Spaces: []Space{
			{Name: "dev", Organization: "demo-org", GUID: d.of("space", "demo-org", "dev").UUID()},
			{Name: "prod", Organization: "demo-org", GUID: d.of("space", "demo-org", "prod").UUID()},
		},
	}
	crowd := Crowd{Apps: apps, Processes: []string{webType, "worker"}, Instances: &Range{Min: 1, Max: 4}}
	for i := range apps {
		app := crowd.app(d, i, make([]Process, 0, len(crowd.Processes)))
		app.Space = doc.Spaces[i%len(doc.Spaces)].Name
		app.GUID = d.of("app", "demo-org", app.Space, app.Name).UUID()
		for j := range app.Processes {
			process := &app.Processes[j]
			f := d.of("process", app.GUID, process.Type)
			process.GUID = app.GUID
			if process.Type != webType {
				process.GUID = f.UUID()
			}
			process.Version = f.UUID()
		}
		doc.Apps = append(doc.Apps, app)
	}
	return doc
}

func (c *Crowd) types() []string {
	if c.Processes == nil {
		return []string{webType}
	}
	return c.Processes
}

func (c *Crowd) span() Range {
	return document.Or(c.Instances, Range{Min: 1, Max: 3})
}

var memories = []int{128, 256, 512, 1024}

// app makes one of the apps: its name, commands, sizes and labels, the last so
// that there is something to select. One in ten is stopped. The processes are
// put into the memory that is handed in.
func (c *Crowd) app(d *drawer, i int, processes []Process) App {
	span := c.span()
	f := d.of("generated", strconv.Itoa(i))
	kind := &runtimes[f.Intn(len(runtimes))]
	app := App{
		Name:       f.name(strconv.Itoa(i + 1)),
		State:      state.Started,
		Buildpacks: kind.buildpacks,
		Stack:      contract.DefaultStack,
		Processes:  processes[:0],
	}
	if f.Intn(10) == 0 {
		app.State = state.Stopped
	}
	labels := d.labelled(f.oneOf([]string{"dev", "staging", "prod"}), f.oneOf(data.Colors["full"]))
	for _, typ := range c.types() {
		instances := span.Min + f.Intn(span.Max-span.Min+1)
		memory := &memories[f.Intn(len(memories))]
		app.Processes = append(app.Processes, Process{
			Type:       typ,
			Command:    kind.command(typ),
			Instances:  &instances,
			MemoryInMB: memory,
			Metadata:   contract.Metadata{Labels: labels},
		})
	}
	return app
}

// labelled are the labels of an app of an environment and of a team that is called
// after a colour.
func (d *drawer) labelled(env, colour string) contract.Pairs {
	labels, made := d.labels[[2]string{env, colour}]
	if !made {
		labels = contract.Pairs{{Key: "env", Value: env}, {Key: "team", Value: slug(colour)}}
		d.labels[[2]string{env, colour}] = labels
	}
	return labels
}

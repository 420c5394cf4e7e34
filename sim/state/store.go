package state

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/tidwall/btree"
)

// Store holds the state of one world. All methods are safe for concurrent use;
// no lock is held while anything waits.
type Store struct {
	mu sync.RWMutex // guards all fields below

	settings  *settings
	orgs      dated[*Organization]
	orgOrder  []string
	spaces    dated[*Space]
	spaceOrd  []string
	limited   []string // guids of the spaces that have a quota
	apps      dated[*App]
	appOrder  []string
	shared    *directory    // with all forks of a load
	found     *catalogue    // of the apps; nil: the directory's
	touched   table[*App]   // those that are found in another way now, as they were
	memos     *sync.Map     // func() any by name, with all forks of a load
	revised   table[string] // guids of apps by those of revisions that were added
	processes dated[*Process]
	byApp     table[[]string] // process guids, oldest first; never appended in place

	index                    // of the processes; it knows no times until it is asked for them
	moved bool               // processes have changed since the load
	later *btree.BTreeG[key] // those that the seed has not, or not under their guids

	deployments     table[*Deployment]
	deployed        *catalogue // of them
	deploymentOrder []string
	deploymentsBy   table[[]string]    // guids by app, oldest first; never appended in place
	moving          *btree.BTreeG[key] // those that move by themselves, the next first
	due             atomic.Int64       // when a deployment moves next, in nanoseconds of Unix time

	events events
}

// New makes a store of a seed, whose open times stay open until Load. The seed's slices are kept: the caller must not
// change them afterwards. References are taken as checked (package scenario).
func New(seed Seed) *Store {
	s := &Store{
		settings: newSettings(seed),
		memos:    new(sync.Map),
	}
	for i := range seed.Organizations {
		org := &seed.Organizations[i]
		s.orgs.set(org.GUID, org)
		s.orgOrder = append(s.orgOrder, org.GUID)
	}
	for i := range seed.Spaces {
		space := &seed.Spaces[i]
		s.spaces.set(space.GUID, space)
		s.spaceOrd = append(s.spaceOrd, space.GUID)
	}
	s.findLimited()
	s.shared = newDirectory(seed)
	s.apps.grow(len(seed.Apps))
	s.byApp.grow(len(seed.Apps))
	s.appOrder = make([]string, 0, len(seed.Apps))
	for i := range seed.Apps {
		app := &seed.Apps[i]
		s.apps.set(app.GUID, app)
		s.appOrder = append(s.appOrder, app.GUID)
	}
	s.processes.grow(len(seed.Processes))
	memos := make([]memo, len(seed.Processes))
	s.later = btree.NewBTreeGOptions(bySerial, btree.Options{NoLocks: true})
	for i := range seed.Processes {
		p := &seed.Processes[i]
		s.serial++
		p.serial, p.memo, p.hasOpenTimes = s.serial, &memos[i], p.CreatedAt.IsZero() || p.UpdatedAt.IsZero() || p.History.open()
		s.processes.set(p.GUID, p)
		s.byApp.set(p.AppGUID, append(s.byApp.get(p.AppGUID), p.GUID))
	}
	s.indexAll(seed.Processes)
	s.due.Store(never)
	s.takeDeployments(seed.Deployments)
	s.events.take(seed.Audit)
	return s
}

func (p *Process) orderKey() key { return key{serial: uint32(p.serial), guid: p.GUID} }

// Fork returns a store with the same content that changes on its own. It costs
// the same whatever the store holds: values, parts of tables and nodes of
// indexes are shared until one side changes them.
func (s *Store) Fork() *Store {
	// Tables and indexes mark what is shared, which is a write.
	s.mu.Lock()
	defer s.mu.Unlock()
	next := &Store{
		settings:  s.settings,
		orgs:      s.orgs.fork(),
		orgOrder:  slices.Clip(s.orgOrder),
		spaces:    s.spaces.fork(),
		spaceOrd:  slices.Clip(s.spaceOrd),
		limited:   s.limited,
		apps:      s.apps.fork(),
		appOrder:  slices.Clip(s.appOrder),
		shared:    s.shared,
		found:     s.found.fork(),
		touched:   s.touched.fork(),
		memos:     s.memos,
		revised:   s.revised.fork(),
		processes: s.processes.fork(),
		byApp:     s.byApp.fork(),
		index:     s.index.fork(),
		moved:     s.moved,
		later:     s.later.Copy(),
		events:    s.events.fork(),

		deployments: s.deployments.fork(), deployed: s.deployed.fork(), deploymentOrder: slices.Clip(s.deploymentOrder),
		deploymentsBy: s.deploymentsBy.fork(), moving: s.moving.Copy(),
	}
	next.due.Store(s.due.Load())
	return next
}

// Counts says how much the store holds.
type Counts struct {
	Organizations int `json:"organizations"`
	Spaces        int `json:"spaces"`
	Apps          int `json:"apps"`
	Processes     int `json:"processes"`
}

// Counts says how many resources of each kind there are.
func (s *Store) Counts() Counts {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return Counts{s.orgs.size, s.spaces.size, s.apps.size, s.processes.size}
}

// put stores a new version of a process. The caller holds the write lock.
func (s *Store) put(p *Process) {
	s.disturb(p)
	p.memo = new(memo)
	old, found := s.processes.find(p.GUID)
	if found {
		p.serial = old.serial
		s.redate(p.serial, p.GUID, old.moments(), p.moments())
	} else {
		s.serial++
		p.serial = s.serial
		s.later.Set(p.orderKey())
		s.byApp.set(p.AppGUID, append(slices.Clip(s.byApp.get(p.AppGUID)), p.GUID))
		s.enter(p.serial, p.GUID, p.moments())
	}
	s.reindex(old, p)
	s.processes.set(p.GUID, p)
}

// remove takes a process away. The caller holds the write lock.
func (s *Store) remove(p *Process) {
	s.disturb(p)
	s.processes.delete(p.GUID)
	s.later.Delete(p.orderKey())
	s.leave(p.serial, p.GUID, p.moments())
	s.reindex(p, nil)
	left := slices.DeleteFunc(slices.Clone(s.byApp.get(p.AppGUID)), func(guid string) bool { return guid == p.GUID })
	if len(left) == 0 {
		s.byApp.delete(p.AppGUID)
		return
	}
	s.byApp.set(p.AppGUID, left)
}

// newest returns the process of that type with the highest internal id: during
// a rolling deployment an app has several (§11).
func (s *Store) newest(app, typ string) *Process {
	var found *Process
	for _, guid := range s.byApp.get(app) {
		if p := s.processes.get(guid); p.Type == typ && (found == nil || p.serial > found.serial) {
			found = p
		}
	}
	return found
}

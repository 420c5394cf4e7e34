package scenario

import (
	"math/rand"
	"strings"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/draw"
	"github.com/brianvoe/gofakeit/v6/data"
)

// drawer makes realistic values. What it draws for a thing is a function of
// the seed and of the thing's own name, not of what was drawn before: an app
// added to a scenario leaves the guids of all others as they were.
type drawer struct {
	number uint64
	source *draw.Source
	faker  faker
	labels map[[2]string]contract.Pairs // of generated apps, which share them
}

// newDrawer makes a drawer of a seed; any number is one, 0 too.
func newDrawer(number int64) *drawer {
	source := &draw.Source{}
	return &drawer{number: uint64(number), source: source, faker: faker{rand.New(source), source, new(slab)}, labels: map[[2]string]contract.Pairs{}}
}

// of starts the draws for one thing and returns the generator of its values,
// to be used before the next call.
func (d *drawer) of(name ...string) faker {
	hash := d.number ^ 14695981039346656037 // FNV-1a over the seed and the names
	for _, part := range name {
		for i := 0; i < len(part); i++ {
			hash = (hash ^ uint64(part[i])) * 1099511628211
		}
		hash = (hash ^ 0xff) * 1099511628211 // no byte of a text: "a","b" is not "ab"
	}
	d.source.Seed(int64(hash))
	return d.faker
}

// faker draws what gofakeit's Faker draws, number for number, from its words.
// The Faker itself brings 300 kinds of values along, templates among them.
type faker struct {
	*rand.Rand
	source *draw.Source // of Rand
	kept   *slab
}

// slab keeps texts that live as long as each other, in a block of memory for many.
type slab struct{ strings.Builder }

// The sizes of blocks, in bytes: a small scenario needs no large one.
const firstBlock, lastBlock = 256, 16 << 10

func (s *slab) keep(text []byte) string {
	if size := s.Cap(); s.Len()+len(text) > size {
		s.Reset()
		s.Grow(min(max(2*size, firstBlock), lastBlock))
	}
	at := s.Len()
	s.Write(text)
	return s.String()[at:]
}

// UUID is a version 4 UUID, drawn byte by byte as Intn(256) draws them.
func (f faker) UUID() string {
	var half [2]uint64
	for i := range 16 {
		half[i/8] = half[i/8]<<8 | uint64(byte(f.source.Int63()>>32))
	}
	var room [36]byte
	return f.kept.keep(draw.AppendUUID(room[:0], half[0], half[1]))
}

// skipUUID draws a UUID that nobody wants.
func (f faker) skipUUID() {
	for range 16 {
		f.source.Uint64()
	}
}

func (f faker) oneOf(words []string) string { return words[f.Intn(len(words))] }

// name is that of an app: two words and its place.
func (f faker) name(place string) string {
	return slug(f.oneOf(data.Word["adjective_descriptive"])) + "-" + slug(f.oneOf(data.Animal["animal"])) + "-" + place
}

// runtime is a kind of app: its commands fit its buildpack. What is made of one
// shares them.
type runtime struct {
	buildpacks  []string
	web, worker string
}

var runtimes = []runtime{
	{[]string{"ruby_buildpack"}, "bundle exec rackup config.ru -p $PORT", "bundle exec rake jobs:work"},
	{[]string{"nodejs_buildpack"}, "npm start", "node worker.js"},
	{[]string{"python_buildpack"}, "gunicorn app:app", "celery -A app worker"},
	{[]string{"go_buildpack"}, "./bin/server", "./bin/worker"},
	{[]string{"java_buildpack"}, "java -jar app.jar", "java -cp app.jar com.example.Worker"},
	{[]string{"php_buildpack"}, "$HOME/.bp/bin/start", "php worker.php"},
	{[]string{"staticfile_buildpack"}, "$HOME/boot.sh", "$HOME/sync.sh"},
	{[]string{"binary_buildpack"}, "./run", "./run --worker"},
}

// runtimeOf is the kind of app that a buildpack makes, or a drawn one.
func runtimeOf(buildpacks []string, draw *rand.Rand) *runtime {
	for i := range runtimes {
		if len(buildpacks) > 0 && runtimes[i].buildpacks[0] == buildpacks[0] {
			return &runtimes[i]
		}
	}
	return &runtimes[draw.Intn(len(runtimes))]
}

// command is what a process of that type is started with.
func (r *runtime) command(typ string) *string {
	switch typ {
	case webType:
		return &r.web
	case "worker":
		return &r.worker
	default:
		command := "./bin/" + slug(typ)
		return &command
	}
}

// slug makes a word fit for a name: lower case, dashes between.
func slug(word string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
			return r
		default:
			return '-'
		}
	}, word)
}

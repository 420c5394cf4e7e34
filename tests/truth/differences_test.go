package truth_test

// accepted are the recordings, by id, that capisim answers otherwise on
// purpose, and why.
var accepted = map[string]string{
	"7022eb0056": bareDroplet,
	"b0b6689520": bareDroplet,
}

// bareDroplet is why the droplets differ.
const bareDroplet = "the droplets of the recordings were made by hand: no buildpacks, \"def\" for a checksum"

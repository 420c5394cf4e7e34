package document

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// guesses are words that people write for others: what they are called in
// another notation, in other tools, or in plain English. Of several the first
// that is known where the word stands was meant. They serve the keys of
// documents and bodies, query parameters, flags and commands alike.
var guesses = map[string][]string{
	// Sizes and numbers of a process.
	"memory":       {"memory_in_mb", "total_memory_in_mb", "mem", "mem_quota"},
	"mem":          {"memory_in_mb", "total_memory_in_mb"},
	"ram":          {"memory_in_mb"},
	"memory_mb":    {"memory_in_mb"},
	"disk":         {"disk_in_mb", "disk_quota"},
	"disk_mb":      {"disk_in_mb"},
	"disk_quota":   {"disk_in_mb"},
	"log_rate":     {"log_rate_limit_in_bytes_per_second", "log_rate_limit"},
	"logs":         {"requests"},
	"replicas":     {"instances"},
	"scale":        {"instances"},
	"total_memory": {"total_memory_in_mb"},

	// Who and what.
	"op":            {"operation", "operations"},
	"ops":           {"operations", "operation"},
	"method":        {"operations", "operation"},
	"endpoint":      {"operations", "operation"},
	"org":           {"organization", "organizations"},
	"orgs":          {"organizations"},
	"username":      {"user", "name"},
	"caller":        {"user"},
	"ip":            {"remote"},
	"client_ip":     {"remote"},
	"client":        {"remote", "user"},
	"address":       {"remote", "listen", "url"},
	"environment":   {"env"},
	"healthcheck":   {"health_check"},
	"health":        {"health_check"},
	"edition":       {"variant"},
	"extend":        {"extends"},
	"base":          {"extends"},
	"remove":        {"drop", "delete", "clear"},
	"without":       {"drop"},
	"feature_flags": {"features"},
	"latency":       {"delay"},
	"sleep":         {"delay"},
	"wait":          {"delay", "within"},
	"pause":         {"delay"},
	"conditions":    {"match"},
	"filter":        {"match"},
	"request":       {"match"},
	"response":      {"respond"},
	"answer":        {"respond"},
	"reply":         {"respond"},
	"return":        {"respond"},
	"network":       {"connection"},
	"socket":        {"connection"},
	"fault":         {"connection", "rule", "faults"},
	"rules":         {"faults"},
	"steps":         {"sequence"},
	"responses":     {"sequence"},
	"condition":     {"match"},
	"active":        {"enabled"},
	"equal":         {"equals"},
	"eq":            {"equals"},
	"regex":         {"matches"},
	"regexp":        {"matches"},
	"pattern":       {"matches"},
	"present":       {"exists"},
	"greater":       {"gt"},
	"less":          {"lt"},
	"params":        {"query"},
	"parameters":    {"query"},
	"json":          {"body", "format"},
	"payload":       {"body"},
	"data":          {"body"},
	"message":       {"detail"},
	"text":          {"detail", "body"},
	"title":         {"error"},
	"status_code":   {"status"},
	"statuscode":    {"status"},
	"http_status":   {"status"},
	"code":          {"status", "error"},

	// How often, how long.
	"count":    {"times", "apps", "per_page"},
	"limit":    {"times", "per_page"},
	"chance":   {"probability"},
	"rate":     {"probability"},
	"percent":  {"probability"},
	"for":      {"until"},
	"duration": {"until", "by"},
	"ttl":      {"until"},
	"end":      {"until"},
	"after":    {"from", "skip"},
	"start":    {"from", "serve"},
	"since":    {"from"},
	"ignore":   {"skip"},
	"time":     {"clock", "now"},

	// Of the admin API, the command and its flags.
	"by":        {"advance"},
	"size":      {"per_page"},
	"page_size": {"per_page"},
	"search":    {"q"},
	"port":      {"listen", "url"},
	"host":      {"listen", "url"},
	"addr":      {"listen", "url"},
	"bind":      {"listen"},
	"server":    {"url", "serve"},
	"api":       {"url"},
	"token":     {"admin-token"},
	"password":  {"admin-token"},
	"cors":      {"cors-origin"},
	"config":    {"scenario"},
	"output":    {"out"},
	"verbose":   {"log-level"},
	"debug":     {"log-level"},
	"tls":       {"tls-self-signed"},
	"https":     {"tls-self-signed"},
	"cert":      {"tls-cert"},
	"ls":        {"list"},
	"rm":        {"delete", "clear"},
	"del":       {"delete", "clear"},
	"delete":    {"clear"},
	"add":       {"set", "create"},
	"new":       {"create", "init"},
	"up":        {"serve"},
	"lint":      {"validate"},
	"check":     {"validate", "verify"},
	"journal":   {"requests"},
	"log":       {"requests"},
	"dump":      {"state"},
	"save":      {"state", "bundle"},
	"why":       {"explain"},
	"man":       {"docs"},
	"record":    {"bundle"},
	"play":      {"replay"},
	"status":    {"healthcheck"},
	"tick":      {"advance"},
}

var separators = strings.NewReplacer("_", "", "-", "", " ", "")

// fold is a word without what notations differ in: case and separators.
func fold(word string) string { return separators.Replace(strings.ToLower(word)) }

// folds says that a word is another one when it is folded: of thousands that may
// be meant most differ in the first letter.
func folds(word, bare string) bool {
	at := 0
	for i := range len(word) {
		c := word[i]
		switch {
		case c >= utf8.RuneSelf:
			return fold(word) == bare
		case c == '_' || c == '-' || c == ' ':
			continue
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		}
		if at == len(bare) || bare[at] != c {
			return false
		}
		at++
	}
	return at == len(bare)
}

// Meant is the word that another one stands for: one of another notation
// (memoryInMb), or what people call it; "" when it stands for none.
func Meant(word string, known []string) string {
	bare := fold(word)
	for _, one := range known {
		if bare != "" && folds(one, bare) {
			return one
		}
	}
	for _, guess := range slices.Concat(guesses[strings.ToLower(word)], guesses[bare]) {
		if slices.Contains(known, guess) {
			return guess
		}
	}
	return ""
}

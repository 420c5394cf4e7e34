package contract

import "testing"

const typicalPatch = `{"command":"bundle exec rackup config.ru -p $PORT","health_check":{"type":"http","data":{"timeout":60,"invocation_timeout":5,"endpoint":"/health"}},"metadata":{"labels":{"env":"production","team":"checkout"}}}`

func BenchmarkUpdateBody(b *testing.B) {
	raw := []byte(typicalPatch)
	b.ReportAllocs()
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		body, err := ParseBody("application/json", raw)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := CheckUpdate(body, Default); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkScaleBody(b *testing.B) {
	raw := []byte(`{"instances":3,"memory_in_mb":512}`)
	b.ReportAllocs()
	for b.Loop() {
		body, err := ParseBody("application/json", raw)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := CheckScale(body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkListQuery(b *testing.B) {
	for _, query := range []string{"", "page=2&per_page=50", "label_selector=env%3Dprod,tier+in+(web,db)&types=web&order_by=-created_at"} {
		b.Run(query, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				q, err := ParseListQuery(query, false)
				if err != nil {
					b.Fatal(err)
				}
				if q.Link(1) == "" {
					b.Fatal("no link")
				}
			}
		})
	}
}

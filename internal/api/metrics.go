package api

import (
	"context"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are the numbers that Prometheus collects. Their labels are routes, statuses and outcomes, never what comes from outside.
type metrics struct {
	handler  http.Handler
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	queries  prometheus.Histogram
	events   *prometheus.CounterVec
}

func newMetrics(s *Server) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tallystick_http_requests_total", Help: "Requests that were answered, by route and status, or broken off.",
		}, []string{"route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "tallystick_http_request_seconds", Help: "Time from a request to the end of its answer, by route.", Buckets: prometheus.ExponentialBuckets(0.001, 4, 8),
		}, []string{"route"}),
		queries: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "tallystick_query_seconds", Help: "Time that a request has asked the engine for.", Buckets: prometheus.ExponentialBuckets(0.001, 4, 8),
		}),
		events: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tallystick_ingest_events_total", Help: "Events that were answered, by what became of them.",
		}, []string{"outcome"}),
	}
	for _, outcome := range []string{"accepted", "duplicate", "rejected"} {
		m.events.WithLabelValues(outcome) // there from the beginning, as 0
	}
	gauge := func(name, help string, value func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value)
	}
	registry := prometheus.NewRegistry()
	if s.Rejects != nil {
		registry.MustRegister(gauge("tallystick_quarantine_events", "Rejected events that are kept.", func() float64 {
			list, err := s.Rejects.Store.Tenants(context.Background())
			if err != nil {
				return math.NaN() // not known, which is not none
			}
			kept := 0
			for _, q := range list {
				kept += q.Entries
			}
			return float64(kept)
		}))
	}
	registry.MustRegister(m.requests, m.seconds, m.queries, m.events,
		gauge("tallystick_journal_head", "Sequence of the newest durable record of the journal.", func() float64 { return float64(s.Events.Head().Sequence) }),
		gauge("tallystick_engine_applied", "Sequence of the newest record that the engine has applied.", func() float64 { return float64(s.Events.Applied().Sequence) }),
		gauge("tallystick_engine_lag_records", "Durable records that the engine has not applied yet.", func() float64 {
			applied := s.Events.Applied().Sequence // first: it never passes a head that is read later
			return max(0, float64(s.Events.Head().Sequence)-float64(applied))
		}),
		gauge("tallystick_ready", "1 while events are taken and the engine answers.", func() float64 {
			for _, ready := range []func() error{s.Events.Taking, s.Events.Answering} {
				if ready != nil && ready() != nil {
					return 0
				}
			}
			return 1
		}),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.handler = promhttp.HandlerFor(registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4})
	return m
}

func (m *metrics) request(route string, status int, broken bool, took time.Duration) {
	label := strconv.Itoa(status)
	if broken {
		label = "broken off" // whatever status was sent
	}
	m.requests.WithLabelValues(route, label).Inc()
	m.seconds.WithLabelValues(route).Observe(took.Seconds())
}

func (m *metrics) queried(took time.Duration) { m.queries.Observe(took.Seconds()) }

func (m *metrics) ingested(accepted, duplicate, rejected int) {
	m.events.WithLabelValues("accepted").Add(float64(accepted))
	m.events.WithLabelValues("duplicate").Add(float64(duplicate))
	m.events.WithLabelValues("rejected").Add(float64(rejected))
}

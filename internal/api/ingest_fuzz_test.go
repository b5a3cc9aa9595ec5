package api

import (
	"bytes"
	"net/http/httptest"
	"testing"
)

// FuzzIngest sends anything: the handler never fails, its counts add up (see read), and what it says was accepted is in the journal.
func FuzzIngest(f *testing.F) {
	s := serve(f, nil)
	for _, contentType := range []string{structured, batched, ndjson, "application/json", "text/plain"} {
		f.Add([]byte("["+bot("acme", "1")+","+sent("2", "m")+"]"), contentType, "", "")
		f.Add([]byte(bot("acme", "3")+"\n{"), contentType, "", "acme")
	}
	f.Add([]byte(gzipped(bot("acme", "4"))), ndjson, "gzip", "")
	f.Add([]byte(zstded(bot("acme", "5"))), ndjson, "zstd", "")
	f.Add([]byte(`{"bot_id":"b"}`), "application/json", "", "Ce-Id")
	f.Fuzz(func(t *testing.T, body []byte, contentType, coding, extra string) {
		r := httptest.NewRequest("POST", "/api/v1/events", bytes.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		r.Header.Set("Content-Encoding", coding)
		r.Header.Set("Authorization", "all")
		switch {
		case extra == "acme":
			r.Header.Set("Authorization", extra)
		case extra != "":
			r.Header["Ce-Id"] = []string{extra}
			r.Header["Ce-Source"] = []string{extra}
			r.Header["Ce-Tenant"] = []string{extra}
			r.Header["Ce-Type"] = []string{"bot.upserted"}
		}
		before := s.journal.Head().Sequence
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		got := read(t, w.Code, w.Header(), w.Body)
		if got.status >= 500 || got.status == 429 {
			t.Errorf("answered %s", got)
		}
		if after := s.journal.Head().Sequence; after != before+uint64(got.Accepted) {
			t.Errorf("%d accepted, and the journal went from %d to %d", got.Accepted, before, after)
		}
	})
}

package runner_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// A receiver has a message, and its answer is lost. The message comes again under the same id, so that the receiver passes it over: the link that it has is good.
func TestLinkOfAnEarlierTry(t *testing.T) {
	p := newPlant(t, "")
	p.add(someEvents()[:500]...)
	p.set("webhook_private", true)
	var mu sync.Mutex
	var tokens, ids []string
	received := func() int {
		mu.Lock()
		defer mu.Unlock()
		return len(ids)
	}
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		var m struct{ Data struct{ Link string } }
		if err := json.Unmarshal(b, &m); err != nil {
			t.Error(err)
		}
		mu.Lock()
		tokens, ids = append(tokens, m.Data.Link[strings.LastIndexByte(m.Data.Link, '/')+1:]), append(ids, r.Header.Get("Webhook-Id"))
		first := len(ids) == 1
		mu.Unlock()
		if first {
			panic(http.ErrAbortHandler)
		}
	}))
	defer hook.Close()
	k := p.schedule(p.owner, hourly(job("tenant-usage"), control.Recipient{Way: control.ByWebhook, Address: hook.URL}))
	p.start(p.runner("server"))
	p.clock.Add(int64(tallystick.Hour + 5*tallystick.Minute))
	p.until("there is a run", func() bool { return len(p.history(k.ID)) == 1 })
	run := p.ended(p.history(k.ID)[0].ID)
	// That the receiver has it is not enough: until the failure is noted, the time of the next try is not known, and a clock put forward now would move it.
	if row := p.delivered(run.ID)[hook.URL]; row.State != control.DeliveryPending || received() != 1 {
		t.Fatalf("after the first try, received %d times, the row says %s, %q", received(), row.State, row.Answer)
	}
	p.clock.Add(int64(2 * tallystick.Minute))
	p.until("it is tried again", func() bool { return received() >= 2 })
	if len(ids) != 2 || ids[0] != ids[1] {
		t.Fatalf("the tries have the ids %v", ids)
	}
	for i, token := range tokens {
		if _, err := p.OpenLink(t.Context(), control.From{}, token); err != nil {
			t.Errorf("the link of try %d: %v", i+1, err)
		}
	}
}

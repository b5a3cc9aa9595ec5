package api

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/ingest"
)

// TenantEdit is what of a tenant changes; what is missing stays.
type TenantEdit struct {
	CompanyName  *string  `json:"company_name,omitempty" maxLength:"1000"`
	Hostname     *string  `json:"hostname,omitempty" maxLength:"1000"`
	ContractMode *string  `json:"contract_mode,omitempty" enum:"PRODUCTION,TRIAL"`
	Locked       *bool    `json:"locked,omitempty"`
	TimeZone     *string  `json:"time_zone,omitempty" maxLength:"100"`
	Services     []string `json:"services,omitzero" required:"false" maxItems:"100" doc:"All of them, of those that the setting services lists where it lists any; an empty list: none."`
}

type tenantEdited struct {
	Named
	Body TenantEdit
}

// ownSource is the source of events that the server itself makes.
const ownSource = "tallystick"

// editTenant changes what is said of a tenant: by an event, as everything that reports know comes by events. One's own tenant can't be changed: what a contract is
// and whether a tenant is locked is for those above it to say.
func (s *Server) editTenant(ctx context.Context, in *tenantEdited) (*tenantBody, error) {
	a := actorOf(ctx)
	before, err := s.tenant(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if in.ID == a.Tenant {
		return nil, s.refuse(ctx, "edit-tenant", tallystick.Errorf(tallystick.Denied, "one's own tenant can't be changed").WithHint("ask your provider"))
	}
	if err := s.offered(ctx, in.Body.Services); err != nil {
		return nil, err
	}
	event, err := s.tenantEvent(in.ID, &in.Body)
	if err != nil {
		return nil, err
	}
	if s.Events.Taking != nil {
		if err := s.Events.Taking(); err != nil {
			return nil, err
		}
	}
	// What is begun is finished also when the client has gone. The audit log comes first: what can't be written there is not done.
	work := context.WithoutCancel(ctx)
	if err := s.Control.AppendAudit(work, a, control.Entry{
		Action: "tenant.edit", Tenant: in.ID, ObjectKind: "tenant", ObjectID: in.ID, Before: before.TenantAttributes, After: in.Body,
	}); err != nil {
		return nil, err
	}
	verdicts, err := s.Events.Enqueue([]tallystick.Event{event}).Wait(work)
	if err != nil {
		return nil, err
	}
	if err := s.Events.Wait(ctx, verdicts[0].Position); err != nil {
		return nil, err
	}
	t, err := s.tenant(ctx, in.ID)
	return &tenantBody{t}, err
}

// offered returns an error unless the provider offers all these services. One that is misspelt would take a section out of the tenant's bills.
func (s *Server) offered(ctx context.Context, services []string) error {
	var offered []string
	if err := s.Control.Setting(ctx, "services", &offered); err != nil || len(offered) == 0 {
		return err
	}
	for i, service := range services {
		if !slices.Contains(offered, service) {
			return tallystick.Errorf(tallystick.Invalid, "%q is not one of the services", shorten(service)).At(fmt.Sprintf("services[%d]", i)).
				WithHint("choose of %s, or have an administrator add it to the Settings", strings.Join(offered, ", "))
		}
	}
	return nil
}

// tenantEvent makes the event of a change. It goes through the same checks as those of platforms.
func (s *Server) tenantEvent(tenant string, edit *TenantEdit) (tallystick.Event, error) {
	now := s.Now()
	raw, err := json.Marshal(map[string]any{
		"specversion": "1.0", "id": strings.ToLower(rand.Text()), "source": ownSource, "type": tallystick.TenantUpserted, "tenant": tenant,
		"time": tallystick.InstantOf(now).String(), "data": edit,
	})
	if err != nil {
		return tallystick.Event{}, err
	}
	return (&ingest.Decoder{Now: s.Now}).Event(raw)
}

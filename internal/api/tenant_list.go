package api

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// listTenants lists the tenants that the tree or an event knows, with what their events say of them. Without a filter only those of the page are asked for.
func (s *Server) listTenants(ctx context.Context, in *tenantsWanted) (*listBody[Tenant], error) {
	filter, err := parseTenantFilter(in.Filter)
	if err != nil {
		return nil, err
	}
	after, err := base64.RawURLEncoding.Strict().DecodeString(in.After)
	if err != nil {
		return nil, tallystick.Errorf(tallystick.Invalid, "%q is not a place in a list", cut(in.After, 80)).At("query.after").WithHint("use next of the page before it")
	}
	above, err := s.tree(ctx)
	if err != nil {
		return nil, err
	}
	out := &listBody[Tenant]{List[Tenant]{Items: []Tenant{}}}
	err = s.ask(func(engine tallystick.Answerer) error {
		ids, err := s.tenantIDs(ctx, engine, above)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if in.After != "" && id <= string(after) {
				continue
			}
			t := Tenant{ID: id, Provider: above[id]}
			if t.TenantAttributes, _, err = attributes(ctx, engine, id); err != nil {
				return err
			}
			if !filter.keeps(&t) {
				continue
			}
			if len(out.Body.Items) == in.Limit { // one more than the page holds
				out.Body.Next = base64.RawURLEncoding.EncodeToString([]byte(out.Body.Items[in.Limit-1].ID))
				return nil
			}
			out.Body.Items = append(out.Body.Items, t)
		}
		return nil
	})
	return out, err
}

// tree returns the tenants in reach that the tree holds, with who is above each.
func (s *Server) tree(ctx context.Context) (above map[string]string, err error) {
	above = map[string]string{}
	for p := (control.Page{Limit: control.MaxLimit}); ; {
		l, err := s.Control.Tenants(ctx, actorOf(ctx), p)
		if err != nil {
			return nil, err
		}
		for _, t := range l.Items {
			above[t.ID] = t.Parent
		}
		if p.After = l.Next; l.Next == "" {
			return above, nil
		}
	}
}

// tenantIDs returns the tenants in reach in the order of their ids.
func (s *Server) tenantIDs(ctx context.Context, engine tallystick.Answerer, above map[string]string) ([]string, error) {
	a := actorOf(ctx)
	if !a.Reach.All {
		return a.Reach.List(), nil
	}
	ids, err := engine.Tenants(ctx, tallystick.Position{}, tallystick.MaxInstant)
	if err != nil {
		return nil, err
	}
	ids = slices.Clone(ids)
	for id := range above {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// attributes returns what the events of a tenant say of it, and whether they say anything; else the defaults of the vocabulary.
func attributes(ctx context.Context, engine tallystick.Answerer, tenant string) (a TenantAttributes, told bool, err error) {
	states, err := engine.Entities(ctx, tallystick.Entities{
		Scope: tallystick.For(tenant, tallystick.Position{}, tallystick.MaxInstant), Type: tallystick.TenantUpserted,
	})
	if err != nil {
		return a, false, err
	}
	values := map[tallystick.Field]string{}
	if len(states) > 0 {
		values, told = states[0].Values, true
	}
	rules := tallystick.TypeNamed(tallystick.TenantUpserted)
	text := func(f tallystick.Field) string {
		if v, ok := values[f]; ok {
			return v
		}
		return rules.Rule(f).Default
	}
	a = TenantAttributes{
		CompanyName: text(tallystick.FieldCompanyName), Hostname: text(tallystick.FieldHostname), ContractMode: text(tallystick.FieldContractMode),
		TimeZone: text(tallystick.FieldTimeZone),
	}
	a.Locked, _ = strconv.ParseBool(text(tallystick.FieldLocked))
	if list := text(tallystick.FieldServices); list != "" {
		if err := json.Unmarshal([]byte(list), &a.Services); err != nil {
			return a, told, err
		}
	}
	return a, told, nil
}

// tenantFilter is conditions that must all hold.
type tenantFilter []tenantCondition

type tenantCondition struct {
	field func(*Tenant) string
	holds func(text, value string) bool
	value string // in lower case
}

var tenantFields = map[string]func(*Tenant) string{
	"company_name":  func(t *Tenant) string { return t.CompanyName },
	"hostname":      func(t *Tenant) string { return t.Hostname },
	"contract_mode": func(t *Tenant) string { return t.ContractMode },
	"locked":        func(t *Tenant) string { return strconv.FormatBool(t.Locked) },
	"provider":      func(t *Tenant) string { return t.Provider },
}

var tenantOperators = map[string]func(text, value string) bool{
	"equals":       func(text, value string) bool { return text == value },
	"not-equals":   func(text, value string) bool { return text != value },
	"contains":     strings.Contains,
	"not-contains": func(text, value string) bool { return !strings.Contains(text, value) },
	"starts-with":  strings.HasPrefix,
	"ends-with":    strings.HasSuffix,
}

// parseTenantFilter reads conditions such as company_name:starts-with:Acme.
func parseTenantFilter(texts []string) (f tenantFilter, err error) {
	for _, text := range texts {
		name, rest, _ := strings.Cut(text, ":")
		operator, value, whole := strings.Cut(rest, ":")
		c := tenantCondition{tenantFields[name], tenantOperators[operator], strings.ToLower(value)}
		if c.field == nil || c.holds == nil || !whole {
			return nil, tallystick.Errorf(tallystick.Invalid, "%q is not a filter", cut(text, 200)).At("query.filter").
				WithHint("write FIELD:OPERATOR:VALUE, such as company_name:starts-with:Acme; /api/openapi.json lists fields and operators")
		}
		f = append(f, c)
	}
	return f, nil
}

func (f tenantFilter) keeps(t *Tenant) bool {
	return !slices.ContainsFunc(f, func(c tenantCondition) bool { return !c.holds(strings.ToLower(c.field(t)), c.value) })
}

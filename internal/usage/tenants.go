package usage

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// TenantAttributes are what a tenant's events say of it.
type TenantAttributes struct {
	CompanyName  string `json:"company_name"`
	Hostname     string `json:"hostname"`
	ContractMode string `json:"contract_mode" enum:"PRODUCTION,TRIAL"`
	Locked       bool   `json:"locked"`
	TimeZone     string `json:"time_zone"`
	// Services are what the tenant uses; nil: its events don't say.
	Services []string `json:"services" doc:"null: its events don't say"`
}

// Attributes returns what the events of a tenant say of it as of a position, and whether they say anything; else the defaults of the vocabulary.
func Attributes(ctx context.Context, engine tallystick.Answerer, asOf tallystick.Position, tenant string) (a TenantAttributes, told bool, err error) {
	states, err := engine.Entities(ctx, tallystick.Entities{
		Scope: tallystick.For(tenant, asOf, tallystick.MaxInstant), Type: tallystick.TenantUpserted,
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

// TenantFilter is conditions on tenants that must all hold; nil: every tenant.
type TenantFilter []tenantCondition

type tenantCondition struct {
	field func(provider string, t *TenantAttributes) string
	holds func(text, value string) bool
	value string // in lower case
}

var tenantFields = map[string]func(provider string, t *TenantAttributes) string{
	"company_name":  func(_ string, t *TenantAttributes) string { return t.CompanyName },
	"hostname":      func(_ string, t *TenantAttributes) string { return t.Hostname },
	"contract_mode": func(_ string, t *TenantAttributes) string { return t.ContractMode },
	"locked":        func(_ string, t *TenantAttributes) string { return strconv.FormatBool(t.Locked) },
	"provider":      func(provider string, _ *TenantAttributes) string { return provider },
}

var tenantOperators = map[string]func(text, value string) bool{
	"equals":       func(text, value string) bool { return text == value },
	"not-equals":   func(text, value string) bool { return text != value },
	"contains":     strings.Contains,
	"not-contains": func(text, value string) bool { return !strings.Contains(text, value) },
	"starts-with":  strings.HasPrefix,
	"ends-with":    strings.HasSuffix,
}

// ParseTenantFilter reads conditions such as company_name:starts-with:Acme.
func ParseTenantFilter(texts []string) (f TenantFilter, err error) {
	for _, text := range texts {
		name, rest, _ := strings.Cut(text, ":")
		operator, value, whole := strings.Cut(rest, ":")
		c := tenantCondition{tenantFields[name], tenantOperators[operator], strings.ToLower(value)}
		if c.field == nil || c.holds == nil || !whole {
			return nil, tallystick.Errorf(tallystick.Invalid, "%.200q is not a filter", text).At("query.filter").
				WithHint("write FIELD:OPERATOR:VALUE, such as company_name:starts-with:Acme; /api/openapi.json lists fields and operators")
		}
		f = append(f, c)
	}
	return f, nil
}

// Keeps reports whether a tenant under a provider, "" the service provider, meets all conditions.
func (f TenantFilter) Keeps(provider string, t *TenantAttributes) bool {
	return !slices.ContainsFunc(f, func(c tenantCondition) bool { return !c.holds(strings.ToLower(c.field(provider, t)), c.value) })
}

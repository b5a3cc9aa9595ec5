package api

import (
	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/quarantine"
)

// RejectedFilter says which rejected events are meant: those for which all of it holds.
type RejectedFilter struct {
	Search string `query:"search" json:"search,omitempty" maxLength:"200" doc:"A part of the reason, the path or the source, whatever the case."`
	Code   string `query:"code" json:"code,omitempty" maxLength:"40" doc:"Of the mistake, such as invalid."`
	Source string `query:"source" json:"source,omitempty" maxLength:"200" doc:"A part of what it came with, whatever the case."`
	Type   string `query:"type" json:"type,omitempty" maxLength:"200" doc:"Of the event."`
	Since  string `query:"since" json:"since,omitempty" maxLength:"40" doc:"RFC 3339; received then or later."`
	Until  string `query:"until" json:"until,omitempty" maxLength:"40" doc:"RFC 3339; received before."`
}

// filter returns the filter of the quarantine. at is how the path of what is wrong begins.
func (f *RejectedFilter) filter(at string) (quarantine.Filter, error) {
	since, err := instant(at+"since", f.Since)
	if err != nil {
		return quarantine.Filter{}, err
	}
	until, err := instant(at+"until", f.Until)
	return quarantine.Filter{Text: f.Search, Code: tallystick.Code(f.Code), Source: f.Source, Type: f.Type, Since: since, Until: until}, err
}

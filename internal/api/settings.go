package api

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// Setting is something that can be set for the whole installation, with its value.
type Setting struct {
	Name    string              `json:"name"`
	Kind    control.SettingKind `json:"kind" enum:"text,number,flag,zone,url,email,domains,texts,choice,secret"`
	Value   any                 `json:"value" doc:"of a secret \"***\", or null where it isn't set"`
	Default bool                `json:"default" doc:"nobody has set it"`
	Changed Time                `json:"changed"`
	Choices []string            `json:"choices,omitempty"`
	Min     int64               `json:"min,omitempty"`
	Max     int64               `json:"max,omitempty"`
	Fixed   string              `json:"fixed,omitempty" doc:"where it is set from outside, and so can't be set here"`
}

// FixedSetting is a setting that is said from outside.
type FixedSetting struct {
	Value  any    // as JSON; of a secret "***" or nil
	Origin string // where, in words: "--smtp", "TALLYSTICK_SMTP", "smtp in tallystick.yaml"
}

type settingSet struct {
	Name string `path:"name" maxLength:"100"`
	Body struct {
		Value any `json:"value" required:"true" doc:"null brings back the default"`
	}
}

// registerSettings registers what is done with settings, which are the provider's.
func (s *Server) registerSettings(api huma.API) {
	const tag, path = "Settings", "/api/v1/settings"
	handle(api, route{
		method: http.MethodGet, path: path, id: "list-settings", summary: "All settings with their values", tag: tag,
		needs: needs{entity: control.Settings, action: control.View},
	}, func(ctx context.Context, _ *empty) (*listBody[Setting], error) {
		values, err := s.Control.Settings(ctx, actorOf(ctx))
		return pageOf(values, "", s.setting), err
	})
	handle(api, route{
		method: http.MethodPut, path: path + "/{name}", id: "set-setting", summary: "Set a setting", tag: tag, status: http.StatusNoContent,
		needs: needs{entity: control.Settings, action: control.Edit},
	}, func(ctx context.Context, in *settingSet) (*empty, error) {
		if fixed, is := s.Fixed[in.Name]; is {
			return nil, tallystick.Errorf(tallystick.Conflict, "the setting %s is set by %s", in.Name, fixed.Origin).WithHint("change it there, and start the server again").At(in.Name)
		}
		value, err := json.Marshal(in.Body.Value)
		if err != nil {
			return nil, err
		}
		return nil, s.Control.SetSetting(ctx, actorOf(ctx), in.Name, value)
	})
}

func (s *Server) setting(v control.SettingValue) Setting {
	out := Setting{Name: v.Name, Kind: v.Kind, Value: v.Value, Default: v.Default, Changed: Time(v.Changed)}
	if i := slices.IndexFunc(control.SettingList, func(k control.Setting) bool { return k.Name == v.Name }); i >= 0 {
		k := &control.SettingList[i]
		out.Choices, out.Min, out.Max = k.Choices, k.Min, k.Max
	}
	if fixed, is := s.Fixed[v.Name]; is {
		out.Value, out.Fixed, out.Default, out.Changed = fixed.Value, fixed.Origin, false, 0
	}
	return out
}

package main

import (
	"errors"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/goccy/go-yaml"

	"github.com/tallystick/tallystick"
)

// setting is something that is said once for many commands: as a flag, else as a variable TALLYSTICK_…, else in the configuration file, else by default.
type setting struct {
	name    string // of the flag, and in the file
	initial string // the default; empty where there is none
	check   func(string) error
	secret  bool
}

// settings lists every setting. Each has a field of its name, tagged setting, in the flags of the commands that use it.
var settings = []setting{
	{name: "data", initial: "tallystick-data", check: notEmpty},
	{name: "memory-limit", initial: "512MB", check: size},
	{name: "threads", initial: "", check: wholeNumber},
	{name: "reports", initial: "", check: notEmpty},
	{name: "delimiter", initial: "comma", check: delimiter},
	{name: "guard", initial: "on", check: oneOf("on", "off")},
	{name: "key", initial: "", check: header, secret: true},
	{name: "listen", initial: "127.0.0.1:8080", check: hostPort},
	{name: "control", initial: "", check: database, secret: true}, // of Postgres with its password
	{name: "public-url", initial: "", check: webAddress},
	{name: "smtp", initial: "", check: mailServer, secret: true}, // with its password
	{name: "mailbox", initial: "", check: notEmpty},
	{name: "trusted-proxies", initial: "", check: addresses},
}

// variable returns the environment variable of a setting.
func variable(name string) string {
	return "TALLYSTICK_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// value is a setting in force.
type value struct {
	setting
	text   string
	origin string // in words: "--data", "TALLYSTICK_DATA", the file's name, "default"
}

// values are all settings in force, in the order of the list.
type values []value

func (v values) get(name string) string {
	return v[slices.IndexFunc(v, func(s value) bool { return s.name == name })].text
}

// isSet reports whether somebody has set a setting.
func (v values) isSet(name string) bool {
	return v[slices.IndexFunc(v, func(s value) bool { return s.name == name })].origin != "default"
}

// resolve finds out every setting, checks it, and puts it into the flags of the command that was selected.
func resolve(line *kong.Context, file string, env func(string) (string, bool)) (values, error) {
	if file == "" {
		file, _ = env(variable("config"))
	}
	filed, err := readConfig(file)
	if err != nil {
		return nil, err
	}
	given := map[string]string{}
	for _, part := range line.Path {
		if part.Flag != nil && part.Flag.Tag.Has("setting") {
			given[part.Flag.Name] = part.Flag.Target.String()
		}
	}
	var all values
	for _, s := range settings {
		v := value{setting: s, text: s.initial, origin: "default"}
		if text, ok := filed[s.name]; ok {
			v.text, v.origin = text, file
		}
		if text, ok := env(variable(s.name)); ok {
			v.text, v.origin = text, variable(s.name)
		}
		if text, ok := given[s.name]; ok {
			v.text, v.origin = text, "--"+s.name
		}
		if v.origin != "default" {
			if err := s.check(v.text); err != nil {
				return nil, explainSetting(v, err)
			}
		}
		all = append(all, v)
	}
	for _, flag := range line.Flags() {
		if flag.Tag.Has("setting") {
			flag.Target.Set(reflect.ValueOf(all.get(flag.Name)))
		}
	}
	return all, nil
}

// explainSetting says which setting is wrong, and where it was set.
func explainSetting(v value, err error) error {
	if e := (*tallystick.Error)(nil); errors.As(err, &e) {
		return e.At(v.where())
	}
	return tallystick.Errorf(tallystick.Invalid, "%w", err).At(v.where())
}

// where says in words where the value is set: a flag and a variable say of what it is, a file doesn't.
func (v value) where() string {
	if strings.HasPrefix(v.origin, "--") || strings.HasPrefix(v.origin, "TALLYSTICK_") {
		return v.origin
	}
	return v.name + " in " + v.origin
}

// readConfig reads the configuration file: a YAML map from names of settings to single values. There is none where the name is empty.
func readConfig(file string) (map[string]string, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, tallystick.Errorf(tallystick.NotFound, "there is no configuration file %s", file).WithHint("correct --config or %s", variable("config"))
	}
	if err != nil {
		return nil, err
	}
	found := map[string]any{}
	if err := yaml.UnmarshalWithOptions(text, &found, yaml.Strict()); err != nil {
		return nil, tallystick.Errorf(tallystick.Invalid, "%s is not a YAML map of settings: %s", file, firstLine(err)).
			WithHint("write a line NAME: VALUE for each setting")
	}
	names := make([]string, len(settings))
	for i, s := range settings {
		names[i] = s.name
	}
	texts := map[string]string{}
	for name, v := range found {
		if !slices.Contains(names, name) {
			return nil, tallystick.Errorf(tallystick.Invalid, "%s: there is no setting %q", file, name).WithHint("the settings are %s", strings.Join(names, ", "))
		}
		text, err := scalar(v)
		if err != nil {
			return nil, tallystick.Errorf(tallystick.Invalid, "%s: the setting %s is not a single value", file, name).WithHint("write %s: VALUE", name)
		}
		texts[name] = text
	}
	return texts, nil
}

// describe is the help of a flag; a setting's ends with its default and its variable.
func describe(v *kong.Value) string {
	i := slices.IndexFunc(settings, func(s setting) bool { return s.name == v.Name })
	if v.Tag == nil || !v.Tag.Has("setting") || i < 0 {
		return kong.DefaultHelpValueFormatter(v)
	}
	extra := "$" + variable(v.Name)
	if settings[i].initial != "" {
		extra = "default: " + settings[i].initial + ", " + extra
	}
	return v.Help + " (" + extra + ")"
}

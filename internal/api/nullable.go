package api

import (
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// describeNulls has the description say null where an answer can hold it in the place of an object: the library says so of texts, numbers and lists only.
func describeNulls(schemas huma.Registry) {
	for name, schema := range schemas.Map() {
		t := schemas.TypeFromRef("#/components/schemas/" + name)
		for t != nil && t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t == nil || t.Kind() != reflect.Struct {
			continue
		}
		for _, field := range reflect.VisibleFields(t) {
			said, options, _ := strings.Cut(field.Tag.Get("json"), ",")
			is := schema.Properties[said]
			if is == nil || is.Ref == "" || field.Type.Kind() != reflect.Pointer || strings.Contains(options, "omit") {
				continue
			}
			schema.Properties[said] = &huma.Schema{OneOf: []*huma.Schema{{Ref: is.Ref}, {Type: "null"}}, Description: field.Tag.Get("doc")}
		}
	}
}

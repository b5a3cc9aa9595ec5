package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"github.com/tallystick/tallystick"
)

// The library that checks requests finds mistakes and says them in half sentences. Here they become sentences with the value.

// ownMessages are those of the library that it lets be said otherwise. One that begins with "must" is said of a value.
func ownMessages() {
	validation.MsgUnexpectedProperty = "there is no such property"
	validation.MsgExpectedRequiredProperty = "the property %s is missing"
	validation.MsgExpectedRFC3339DateTime = "must be a time in RFC 3339, such as 2025-03-31T06:30:00Z"
	validation.MsgExpectedBoolean = "must be true or false"
	validation.MsgExpectedNumber = "must be a number"
	validation.MsgExpectedInteger = "must be a whole number"
	validation.MsgExpectedString = "must be a text"
	validation.MsgExpectedArray = "must be a list"
	validation.MsgExpectedObject = "must be a JSON object"
	validation.MsgExpectedOneOf = "must be one of %s"
	validation.MsgExpectedMinimumNumber = "must be %v or more"
	validation.MsgExpectedMaximumNumber = "must be %v or less"
	validation.MsgExpectedMinLength = "must have %d characters or more"
	validation.MsgExpectedMaxLength = "must have %d characters or less"
	validation.MsgExpectedMinItems = "must have %d items or more"
	validation.MsgExpectedMaxItems = "must have %d items or less"
}

// fixedMessages are those that it does not; their texts are all that tells them apart.
var fixedMessages = map[string]string{
	"unknown query parameter": "there is no such parameter",
	"invalid integer":         "must be a whole number",
	"invalid boolean":         "must be true or false",
	"invalid float":           "must be a number",
}

// mistakes turns what the library has found wrong with a request into an error: the first mistake with its place, the others behind it.
func mistakes(contentType string, status int, message string, errs []error) *tallystick.Error {
	const expected = "/api/openapi.json says what is expected"
	if status == http.StatusUnsupportedMediaType {
		return tallystick.Errorf(tallystick.Invalid, "the Content-Type %.80q is not read here", contentType).WithHint("send application/json")
	}
	path := ""
	var texts []string
	for i, err := range errs {
		detail, ok := err.(*huma.ErrorDetail)
		switch {
		case err == nil:
			continue
		case !ok:
			texts = append(texts, shorten(err.Error()))
			continue
		case i == 0:
			path = detail.Location
		}
		value, _ := detail.Value.(string)
		if status == http.StatusBadRequest && detail.Location == "body" {
			return tallystick.Errorf(tallystick.Invalid, "the body is no JSON: %s", brokenJSON(value)).WithHint("send it whole").At("body")
		}
		if detail.Location == "query.period" && len(errs) == 1 {
			if _, err := tallystick.ParsePreset(value); err != nil {
				if e := (*tallystick.Error)(nil); errors.As(err, &e) {
					return e.At("period")
				}
			}
		}
		texts = append(texts, mistake(detail))
	}
	switch {
	case len(texts) > 0:
		message = strings.Join(texts, "; ")
	case status == http.StatusBadRequest:
		return tallystick.Errorf(tallystick.Invalid, "the body is missing").WithHint("send JSON; " + expected).At("body")
	}
	return tallystick.Errorf(tallystick.Invalid, "%s", shorten(message)).WithHint(expected).At(path)
}

// brokenJSON says what is wrong with a text that is no JSON.
func brokenJSON(text string) string {
	err := json.Unmarshal([]byte(text+" "), new(any)) // so that its end and its last byte are two places
	if e := (*json.SyntaxError)(nil); errors.As(err, &e) && e.Offset > int64(len(text)) {
		return "it ends in the middle"
	}
	if err == nil {
		return "it can't be read"
	}
	return err.Error()
}

// mistake says one mistake.
func mistake(d *huma.ErrorDetail) string {
	message := d.Message
	if own, fixed := fixedMessages[message]; fixed {
		message = own
	}
	_, name, inside := strings.Cut(d.Location, ".") // body.name, query.limit
	if !inside {
		name = "the " + d.Location
	}
	if what, none := strings.CutPrefix(message, "there is no such "); none {
		return fmt.Sprintf("there is no %s %q", what, cut(name, 80))
	}
	if strings.HasPrefix(message, "must ") {
		if value := shownValue(name, d.Value); value != "" {
			return name + " is " + value + ", and " + message
		}
		return name + " " + message
	}
	return message
}

// shownValue writes a value for a sentence; "" where it is too much for one, or a secret.
func shownValue(name string, value any) string {
	for _, secret := range []string{"password", "token", "secret", "value"} {
		if strings.Contains(name, secret) {
			return ""
		}
	}
	switch v := value.(type) {
	case string:
		return strconv.Quote(cut(v, 80))
	case float64:
		if math.Abs(v) < 1e15 {
			return strconv.FormatFloat(v, 'f', -1, 64)
		}
		return fmt.Sprint(v)
	case bool, int, int64, json.Number:
		return fmt.Sprint(v)
	case nil:
		return "null"
	}
	return ""
}

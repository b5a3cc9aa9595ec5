package report

import (
	"github.com/tallystick/tallystick"
)

// mergedContacts labels the contacts that were merged with the one that stands for them as of the scope.
func (p *plan) mergedContacts(s tallystick.Scope) (map[string]string, error) {
	if known := p.merged[s]; known != nil {
		return known, nil
	}
	merges, err := p.store.List(p.ctx, tallystick.List{
		Scope: s, From: tallystick.MinInstant, Types: []string{tallystick.ContactUpserted},
		Where:  tallystick.Filter{{Field: tallystick.FieldMergedInto, Op: tallystick.Present}},
		Fields: []tallystick.Field{tallystick.FieldContactID, tallystick.FieldMergedInto},
	})
	into := map[string]string{}
	for _, m := range merges {
		into[m.Texts[0]] = m.Texts[1] // in order, so that the latest stays
	}
	if err != nil {
		return nil, err
	}
	if p.merged == nil {
		p.merged = map[tallystick.Scope]map[string]string{}
	}
	p.merged[s] = followed(into)
	return p.merged[s], nil
}

// followed follows every chain of merges to its end. A chain that runs into a cycle ends at the smallest id of the cycle.
func followed(into map[string]string) map[string]string {
	ends := make(map[string]string, len(into))
	for id := range into {
		var path []string
		at := map[string]int{} // places in path
		end := id
		for {
			if known, ok := ends[end]; ok {
				end = known
				break
			}
			if start, again := at[end]; again {
				for _, other := range path[start:] {
					end = min(end, other)
				}
				break
			}
			next, merged := into[end]
			if !merged {
				break
			}
			at[end] = len(path)
			path = append(path, end)
			end = next
		}
		for _, passed := range path {
			ends[passed] = end
		}
	}
	return ends
}

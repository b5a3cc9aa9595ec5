package sample

// profile is what a tenant is like before chance comes in. Numbers a day are averages of a full working day at scale 1.
type profile struct {
	id, company, hostname, mode, parent, zone string
	services                                  []string // nil: never set
	joins                                     int      // days before its first event

	names                  *names
	users, contacts, rooms int
	seats, credits         int64 // entitlements
	channels               []channel
	bots                   []bot
	flows                  []string // names of interaction flows

	week  [7]float64  // work of a Sunday, Monday, … measured by a full working day
	hours [24]float64 // weights of the hours of the day

	chats         float64 // exchanges in rooms
	conversations float64 // with customers, answered by people
	dialogues     float64 // of customers with bots
	runs          float64 // of interaction flows
	shifts        float64 // agent sessions
	calls         float64
	clicks        float64 // on assistance services
	campaign      int     // messages of the weekly SMS campaign
}

type channel struct {
	id, platform, name, environment, governance string

	share float64 // of what customers write; 0: chosen by nobody at random
}

type bot struct{ id, name string }

var (
	officeWeek  = [7]float64{0.05, 1.1, 1, 1, 1, 0.9, 0.1}
	shopWeek    = [7]float64{0.15, 1, 0.9, 0.9, 1, 1.2, 1.3}
	serviceWeek = [7]float64{0.6, 1.1, 1, 1, 1, 1, 0.8}

	officeHours  = [24]float64{7: 1, 8: 4, 9: 9, 10: 10, 11: 9, 12: 6, 13: 7, 14: 9, 15: 9, 16: 7, 17: 4, 18: 1}
	shopHours    = [24]float64{8: 1, 9: 4, 10: 7, 11: 8, 12: 9, 13: 7, 14: 6, 15: 7, 16: 8, 17: 9, 18: 8, 19: 5, 20: 3, 21: 1}
	serviceHours = [24]float64{0.3, 0.2, 0.1, 0.1, 0.2, 0.5, 1, 3, 5, 8, 9, 9, 8, 7, 7, 7, 7, 8, 8, 7, 6, 4, 2, 1}
)

// profiles lists the tenants. All of them are invented.
var profiles = []profile{
	{
		id: "hudson-savings", company: "Hudson Savings Bank", hostname: "hudson.example", mode: "PRODUCTION", zone: "America/New_York",
		services: []string{"dnis", "sms"}, names: &american, users: 42, contacts: 420, rooms: 36, seats: 50, credits: 60_000,
		channels: []channel{
			{"hsb-whatsapp", "whatsapp", "WhatsApp Business", "production", "governed", 5},
			{"hsb-sms", "sms", "Text line 46368", "production", "governed", 3},
			{"hsb-web", "webchat", "hudson.example chat", "production", "governed", 4},
			{"hsb-wechat", "wechat", "WeChat desk", "production", "governed", 1},
			{"hsb-teams", "teams", "Microsoft Teams", "production", "native", 0},
			{"hsb-web-test", "webchat", "Chat (staging)", "test", "governed", 0},
		},
		bots:  []bot{{"hsb-teller", "Teller"}, {"hsb-cards", "Card desk"}},
		flows: []string{"Balance", "Card blocked", "Dispute a charge", "Branch hours"},
		week:  officeWeek, hours: officeHours,
		chats: 14, conversations: 6, dialogues: 5, runs: 11, shifts: 18, calls: 9, clicks: 5, campaign: 40,
	},
	{
		id: "hudson-wealth", company: "Hudson Wealth Advisors", hostname: "wealth.hudson.example", mode: "PRODUCTION", parent: "hudson-savings",
		zone: "America/New_York", names: &american, users: 18, contacts: 150, rooms: 30, seats: 20, credits: 5_000,
		channels: []channel{
			{"hwa-whatsapp", "whatsapp", "WhatsApp Business", "production", "governed", 5},
			{"hwa-signal", "signal", "Signal desk", "production", "governed", 2},
			{"hwa-teams", "teams", "Microsoft Teams", "production", "native", 0},
		},
		flows: []string{"Book a meeting", "Statement"},
		week:  officeWeek, hours: officeHours,
		chats: 10, conversations: 2, runs: 3, shifts: 6, calls: 3, clicks: 1,
	},
	{
		id: "sahyadri-telecom", company: "Sahyadri Telecom", hostname: "sahyadri.example", mode: "PRODUCTION", zone: "Asia/Kolkata",
		services: []string{"dnis", "sms"}, names: &indian, users: 55, contacts: 700, rooms: 8, seats: 60, credits: 200_000,
		channels: []channel{
			{"sah-whatsapp", "whatsapp", "WhatsApp", "production", "governed", 8},
			{"sah-app", "mobile", "Sahyadri app", "production", "governed", 5},
			{"sah-web", "webchat", "sahyadri.example", "production", "governed", 3},
			{"sah-sms", "sms", "SAHYDR", "production", "governed", 1},
			{"sah-app-dev", "mobile", "App (developers)", "development", "governed", 0},
		},
		bots:  []bot{{"sah-asha", "Asha"}, {"sah-recharge", "Recharge"}, {"sah-network", "Network check"}},
		flows: []string{"Recharge", "Port a number", "No signal", "Data balance", "Roaming"},
		week:  serviceWeek, hours: serviceHours,
		chats: 2, conversations: 5, dialogues: 9, runs: 24, shifts: 19, calls: 10, clicks: 8, campaign: 100,
	},
	{
		id: "kaufhaus-morgenrot", company: "Kaufhaus Morgenrot GmbH", hostname: "morgenrot.example", mode: "PRODUCTION", zone: "Europe/Berlin",
		services: []string{"sms"}, names: &german, users: 30, contacts: 380, rooms: 12, seats: 35, credits: 20_000,
		channels: []channel{
			{"kmr-web", "webchat", "Onlineshop", "production", "governed", 5},
			{"kmr-whatsapp", "whatsapp", "WhatsApp", "production", "governed", 4},
			{"kmr-facebook", "facebook", "Facebook", "production", "governed", 2},
			{"kmr-sms", "sms", "SMS", "production", "governed", 0.5},
			{"kmr-web-test", "webchat", "Onlineshop (Test)", "test", "governed", 0},
		},
		bots:  []bot{{"kmr-berater", "Einkaufsberater"}, {"kmr-paket", "Wo ist mein Paket?"}},
		flows: []string{"Rücksendung", "Größenberater", "Filiale finden"},
		week:  shopWeek, hours: shopHours,
		chats: 3, conversations: 8, dialogues: 6, runs: 8, shifts: 11, calls: 3, clicks: 5, campaign: 60,
	},
	{
		id: "clinica-aurora", company: "Clínica Aurora", hostname: "aurora.example", mode: "PRODUCTION", zone: "America/Santiago",
		names: &chilean, users: 16, contacts: 240, rooms: 14, seats: 15, credits: 8_000,
		channels: []channel{
			{"cla-whatsapp", "whatsapp", "WhatsApp Citas", "production", "governed", 6},
			{"cla-web", "webchat", "Sitio web", "production", "governed", 2},
			{"cla-sms", "sms", "Recordatorios", "production", "governed", 1},
		},
		bots:  []bot{{"cla-citas", "Citas"}},
		flows: []string{"Pedir hora", "Resultados"},
		week:  officeWeek, hours: officeHours,
		chats: 4, conversations: 4, dialogues: 3, runs: 4, shifts: 5, calls: 4, clicks: 2, campaign: 20,
	},
	{
		id: "tern-and-gull", company: "Tern & Gull Coffee", hostname: "ternandgull.example", mode: "TRIAL", zone: "Pacific/Auckland", joins: 160,
		names: &maori, users: 5, contacts: 40, rooms: 3, seats: 5, credits: 500,
		channels: []channel{
			{"tgc-instagram", "instagram", "Instagram", "production", "governed", 3},
			{"tgc-web", "webchat", "Order page", "production", "governed", 2},
		},
		bots:  []bot{{"tgc-barista", "Barista"}},
		flows: []string{"Order ahead"},
		week:  shopWeek, hours: shopHours,
		chats: 1, conversations: 2, dialogues: 2, runs: 2, shifts: 3, clicks: 1,
	},
}

"""Words of ordinary public announcements: who hears them together with a sensitive word hears no leak."""

EXAMPLE = """
for example, e g, example, looks like, look like, such as, sample, specimen, dummy, made up, fictional, pretend,
imagine, hypothetical, suppose, case study, scenario, not his real name, not her real name, not their real name,
names changed, name changed, names have been changed, details changed, er enghraifft
"""

CONSENT = """
with consent, with permission, with the families' consent, with their consent, with her consent, with his consent,
families' consent, parental consent, parents' permission, with her permission, with his permission,
with their permission, with kind permission, kind permission, with her blessing, with his blessing,
with their blessing, given permission, gave permission, agreed to share, happy to share, happy for us to share,
happy for us to, chose to tell, chose to share, shares his story, shares her story, share their story,
shared his story, shared her story, tells his story, tells her story, tell their story, told us her story,
told us his story, in his own words, in her own words, in their own words, spoke openly, speaks openly, speaks out,
talks openly, opened up about, told the bbc, gyda chaniatâd, happy to be quoted, happy to be named, asked us to share,
wants to share, wanted to share, thanked on air, read his story, read her story, read their story, watch her story,
watch his story
"""

HYPOTHETICAL = """
if you, if your, if you're, if you've, if someone, if somebody, if a child, if anyone, if they, are you, do you,
have you, did you, is your, could you, can you, would you, were you, whether you, worried about, concerned about,
anyone who, anybody who, everyone who, someone who, somebody who, people who, those who, anyone, anybody, think a child,
think someone, is somebody, is someone, is anyone, if in doubt, what if, should you, os ydych, ydych chi, a ydych
"""

STATISTICS = """
one in two, one in three, one in four, one in five, one in six, one in eight, one in nine, one in ten, two in five,
three in ten, nine in ten, 1 in 2, 1 in 3, 1 in 4, 1 in 5, 1 in 6, 1 in 8, 1 in 10,
per cent, percent, statistics, on average, rose by, rose to, fell by, fell to, up from, down from, increase in,
decrease in, last quarter, this quarter, year on year, annual report, published today, of respondents, census,
data shows, research, a study, nationally, across england, across wales, across the uk, in the uk, in england,
in england and wales, referrals rose, rate of, rates of, fewer than, a third of, a quarter of, half of all,
hundreds of, thousands of
"""

EXPLAINED = """
what is, what's a, what is a, what are, what does, what happens, how to, how do, find out how, find out more,
learn more, read more, guide, guidance, leaflet, factsheet, fact sheet, explained, explains, explainer, quick guide,
short guide, frequently asked, faq, training, workshop, webinar, e learning, seminar, consultation, the law,
under the act, legislation, your rights, toolkit, myth, myths, did you know, why are some, why do some, tips,
advice on, signs of, spot the signs, know the signs, symptoms of, beth yw
"""

CAMPAIGN = """
awareness, awareness week, awareness day, awareness month, week of action, campaign, white ribbon,
world mental health, world suicide, world aids, international day, national day, national week, history month,
black history month, refugee week, carers week, dementia action, fostering fortnight, adoption week,
safeguarding week, hate crime, helpline, hotline, support group, support groups, drop in, drop ins,
support is available, help is available, get help, get support, you are not alone, you're not alone, talk to us,
talk to someone, speak to your gp, speak to your doctor, ring your gp, ring your surgery, call your gp, book your,
vaccination, vaccine, vaccines, jab, jabs, booster, screening, check ups, fundraiser, fundraising, fundraised,
raised for, in aid of, donate, donations, donation, charity, sponsor, sponsored, coffee morning, memory café,
self help, wellbeing hub, open day, roadshow, information session, free session, free sessions, service is,
services are, our service, new service, funding for, grant for, grants, ymgyrch, ymwybyddiaeth, cefnogaeth ar gael
"""

JOBS = """
vacancy, vacancies, we're hiring, we are hiring, now hiring, hiring, recruiting, recruit, recruitment, apply now,
apply by, apply online, apply at, applications close, closing date, closes sunday, closes monday, closes friday,
salary, per annum, pro rata, full time, part time, permanent post, fixed term, join our team, join the team,
could you be our, become a, become an, could you foster, could you adopt, job description, person specification,
you'll be, you will be, swyddi, swydd wag, interviews will be held, secondment, apprenticeships, volunteer with us,
volunteers needed, volunteers wanted, we need you
"""

HERITAGE = """
on this day, blue plaque, heritage, historian, archive, archives, victorian, edwardian, georgian, medieval,
workhouse, century, remembrance, first world war, second world war, ww1, ww2, wwi, wwii, ve day, vj day, d day,
commemorat*, anniversary of, centenary, bicentenary, born in, parish records, tithe, listed building, local legend,
suffragette, poet, novelist, composer, hanes, treftadaeth
"""

OBITUARY = """
sad to hear of the death, sorry to hear of the death, saddened to hear, sad news of the death, sadly passed away,
passed away peacefully, tributes, tribute to, paid tribute, condolences, book of condolence, flags at half mast,
family flowers, funeral will be, churchwarden, half mast, flag is lowered, flags lowered, former leader, former mayor,
past mayor, former councillor, former mp, honorary, freeman, freewoman, freedom of the, obe, mbe, cbe, bem, knighthood,
honours list, served the council, served this district, served for, years' service, long service, funeral will be,
memorial service, rip, rest in peace
"""

SPORT = """
league, cup, final, semi final, quarter final, match, goals, goal, scored, hat trick, won, beat, draw, fixture,
fixtures, tournament, championship, champions, medal, medals, gold, silver, bronze, trophy, team of the, parkrun,
personal best, under 10s, under 11s, under 12s, u11, u12, u13, u14, u15, u16, wickets, innings, county trials
"""

COURT = """
magistrates, magistrates' court, magistrates court, crown court, county court, sentenced, fined, prosecuted,
prosecution, pleaded guilty, found guilty, ordered to pay, costs of, victim surcharge, judge said, district judge,
suspended sentence, community order, banned from driving, food hygiene, fly tipping, llys ynadon, judge's,
closure order granted, jailed for, has been jailed, have been jailed, was jailed for, sentenced to, handed a,
years in prison, months in prison, convicted at, convicted of
"""

MEDIA = """
appeal, appealing for, police are appealing, appeal for witnesses, have you seen, missing person, last seen,
can you help, call 101, ring 101, quote, quoting, quoting reference, incident number, crimestoppers, witnesses,
witnessed, dash cam, dashcam, anyone with information, information about, wanted in connection, e fit, cctv
"""

INCIDENT = """
collision, crash, crashed, rtc, blaze, house fire, crews, firefighters, officers, emergency services, paramedics,
ambulance, air ambulance, on suspicion of, in custody, remains in custody, arrested on suspicion, injured, injuries,
serious injuries, minor injuries, smoke inhalation, rescued, freed, knocked down, incident, appealing, witnesses,
stolen, burgled, broken into, gwrthdrawiad, diffoddwyr, tystion, cordon, cordoned, fell from, found safe, search for,
inquest, coroner, coroner's, investigating, enquiries, the road has reopened, reopened
"""

ADVICE = """
you, your, you're, you'll, you've, should, must, can, could, may, might, a person, a child, any person, he or she,
his or her, they can, it is an offence, an offence to, the offence, maximum penalty, the penalty, liable to,
guilty of an offence
"""

SCAM = """
scam, scams, scammer, scammers, phishing, smishing, fraudsters, bogus, be wary, don't click, do not click, never ask,
never share, never give, report fraud, 7726, forward it to, isn't ours, are not us, is not us, impersonating,
claiming to be, pretending to be, sgam, twyll, action fraud, hang up, beware of
"""

MEETINGS = """
agenda, item, committee, cabinet, council meeting, full council, scrutiny, minutes, motion, amendment, resolved,
webcast, webcasting, watch live, public gallery, members will, report to, recommendation, councillors voted, by votes,
agm, annual meeting, election, elected, re elected, candidate, candidates, ballot, turnout, polling, hustings,
polling station, nominated, by election, etholiad
"""

PLANNING = """
planning, planning application, planning permission, application, applications, permission for, extension, dwellings,
homes at, change of use, listed building consent, tree works, tpo, tree preservation, conservation area,
appeal dismissed, appeal allowed, premises licence, licence application, licensing, licensed, tro, traffic regulation,
traffic order, no waiting, road closure, road closed, closed to traffic, temporary lights, traffic lights, roadworks,
road works, resurfacing, gas works, water off, water main, diversion, parking suspension, parking suspended,
street works, tree work, gully, streetlight, streetlights, foi, freedom of information, tender, find a tender,
contracts finder, bids by, enforcement notice, public register, decision notice, cynllunio, demolition, site visit,
site notice, comments by
"""

CALL_US = """
contact us, contact, call us, call, ring us, ring, phone us, phone, telephone, tel, text, email us, e mail us, email,
e mail, mail us, write to, message us, get in touch, in touch, enquiries, enquiry, inquiries, for details, details from,
for more information, for further information, more info, more information, further details, info, information,
to book, book on, book now, booking, bookings, book a place, to register, rsvp, tickets, ticket, box office, office,
helpline, hotline, line, lines, freephone, reception, switchboard, out of hours, customer services, customer service,
contact centre, helpdesk, report it, report to, to report, appointments, appointment, surgery, opening hours,
open from, press office, journalists, clerk, town clerk, parish clerk, secretary, treasurer, whatsapp, volunteers,
hire, to hire, hall bookings, available from, on sale, website, visit, number is, our number, numbers, venue, hub,
ffoniwch, ffôn, cysylltwch, e bost, ebost, am fwy o wybodaeth, archebu, gov uk, org uk, nhs uk
"""

VENUE = """
library, hall, village hall, town hall, church hall, community centre, centre, hub, museum, theatre, leisure centre,
pool, park, school, college, university, surgery, health centre, hospital, office, offices, civic offices, depot,
market, station, car park, club, pavilion, gallery, farm shop, café, cafe, pub, hotel, church, chapel, mosque, temple,
synagogue, academy, arena, stadium, event, doors open, doors, tickets, meet at, starts at, stalls, fair, fête, fete,
festival, exhibition, opens, opening, recycling centre, tip, household waste, polling station, sat nav, satnav, parking,
bins, recycling, round, rounds, collection, collections, postcodes, postcode checker, llyfrgell, neuadd
"""

OWNER = """
my, his, her, their, mine, hers, own, home, personal, private, mum, mam, mother, dad, father, parent, wife, husband,
partner, son, daughter, sister, brother, gran, nan, auntie, uncle, tenant, resident, patient, victim, complainant,
witness, client, pupil, student, applicant, claimant, neighbour, customer, next of kin, carer, lady, gentleman, owner,
at home, mobile of, direct mobile, personal mobile, own mobile, private mobile, home number, home phone, landline,
personal number, private number, personal email, private email, personal account, rota, off sick, ex directory,
personol, preifat, cartref, gartref
"""

"""Words for persons: kin, children, people by what they are or do, and what points to one among many."""

KIN = """
mum, mam, mom, mummy, mother, dad, daddy, father, parents, stepmum, stepdad, stepmother, stepfather, step mum, step dad,
son, daughter, brother, sister, sibling, siblings, brothers, sisters, sons, daughters, stepson, stepdaughter,
half brother, half sister, wife, husband, partner, ex, ex wife, ex husband, ex partner, former husband, former wife,
former partner, boyfriend, girlfriend, fiancé, fiancée, widow, widower, grandson, granddaughter, grandchild,
grandchildren, gran, nan, nana, nanna, granny, grandad, grandpa, grandmother, grandfather, grandparents, great gran,
aunt, auntie, aunty, uncle, nephew, niece, cousin, twin, twins, triplets, in laws, mother in law, father in law,
brother in law, sister in law, godson, goddaughter, lad, lass, predecessor, mam gu, tad cu, nain, taid, mam, tad, brawd,
chwaer, gŵr, gwraig, wyres, ŵyr, merch, mab, rhieni, efeilliaid, modryb, ewythr
"""

CHILD = """
child, children, kid, kids, boy, boys, girl, girls, baby, babies, newborn, toddler, toddlers, pupil, pupils, infant,
schoolboy, schoolgirl, teen, teenager, teenagers, teenage boy, teenage girl, youngster, youngsters, youth, young person,
young people, sixth former, sixth formers, twins, foster child, looked after child, year old, son, daughter, grandson,
granddaughter, schoolchild, schoolchildren, plentyn, plant, bachgen, merch, disgybl, disgyblion, babi, care leaver,
little one, little boy, little girl, little lad, little lass, minor, juvenile, student
"""

PERSON = """
man, woman, lady, gentleman, gent, chap, bloke, guy, fella, lad, lass, couple, family, household, neighbour,
neighbours, resident, tenant, tenants, lodger, occupier, occupant, householder, homeowner, landlord, landlady, owner,
pensioner, widow, widower, victim, survivor, witness, complainant, suspect, offender, defendant, claimant, applicant,
objector, appellant, patient, client, customer, service user, inpatient, carer, foster carer, foster carers,
foster family, foster mum, foster dad, adopter, adopters, volunteer, employee, worker, officer, colleague,
member of staff, manager, director, team leader, supervisor, apprentice, trainee, intern, agency worker, temp, clerk,
caretaker, cleaner, cook, dinner lady, dinner ladies, lunchtime supervisor, lollipop man, lollipop lady,
crossing patrol, receptionist, secretary, teacher, teaching assistant, ta, head teacher, headteacher, head of year,
head, deputy head, governor, tutor, lecturer, librarian, curator, archivist, planner, surveyor, inspector, engineer,
driver, loader, crew member, gardener, groundsman, groundskeeper, lifeguard, coach, instructor, trainer, organist,
vicar, priest, imam, rabbi, minister, pastor, warden, social worker, support worker, care worker, youth worker,
outreach worker, nurse, midwife, health visitor, doctor, gp, dentist, pharmacist, paramedic, firefighter,
police officer, pcso, constable, sergeant, shopkeeper, publican, barmaid, barman, bartender, baker, butcher,
hairdresser, barber, builder, plumber, electrician, roofer, gardener, farmer, cabbie, taxi driver, bus driver,
postman, postwoman, postmistress, florist, chef, waitress, waiter, student, sixth former, pupil, child, boy, baby,
toddler, teenager, youngster, youth, young man, young woman, young person, elderly man, elderly woman, elderly lady,
elderly gentleman, elderly couple, old man, old lady, mother, father, mum, dad, parent, single mum, single mother,
refugee, asylum seeker, migrant, veteran, ex soldier, rough sleeper, homeless man, homeless woman, chairman,
chairwoman, chair, treasurer, captain, goalkeeper, striker, person, individual, someone, somebody, one, ones, woman,
registrar, bailiff, councillor's, benefit claimant, debtor, tenant, licensee, keeper, organiser, cyclist, pedestrian,
motorist, rider, passenger, walker, dog walker, swimmer, runner, siblings, sisters, brothers, twins, wheelchair user,
dyn, dynes, menyw, teulu, cymydog, tenant, gofalwr, gofalwraig, athro, athrawes, whistleblower, whistle blower,
caller, swimming teacher, contractor, supplier, groom, bride, milkman, window cleaner, childminder, nanny, au pair,
councillor's son, bereaved family, old boy, old girl, old chap, old dear, newcomer, best man, ranger, postie, bin man,
binman, trustee, steward, beadle, verger, churchwarden, sexton, scout leader, brownie leader, deputy, principal,
bursar, school cook, minder, escort, guide, stonemason, gravedigger, chaplain, sister, matron, consultant, locum,
optician, physio, chiropodist, vet, skipper, town crier, crier, accompanist, pianist, vicar's wife, mum of four,
mum of three, mum of two, mum of five, dad of three, dad of two, father of three, mother of two, mother of three,
fire starter, crossing lady, chief exec, chief executive, mowing man, ex councillor, budgie breeder, breeder,
farmhand, shepherd, gamekeeper, beekeeper, stallholder, busker, big issue seller, cashier, barista, seamstress,
tailor, cobbler, undertaker, parking warden, traffic warden, meter reader, rent officer, marketing apprentice,
nursery manager, manageress, foreman, gaffer, boss, boyfriend, girlfriend
"""

SOLE = """
only, the one with, the one who, the ones who, the one whose, the new one, newest, the one at, the one in,
the one from, the one near, the one opposite, the one behind, the one next, the one new, one of our, one of the,
one of my, our newest, our youngest, our oldest, the youngest, the oldest, our longest serving, the first and only,
the other one, unig, yr unig, one of the two, one of the three, one of our two, you can guess, the one person,
the only one, our only, the lone, just one, only one, youngest, oldest, first ever
"""

WHO = "who, whose, whom, sy, sydd"

OWNED = "our, my, ein, fy"

HE_SHE = "he, she, him, her, his, hers, himself, herself, he's, she's, he'd, she'd, he'll, she'll, fe, hi, ei"

THEY = "they, them, their, theirs, they're, they've"

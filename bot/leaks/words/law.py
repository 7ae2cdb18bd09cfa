"""Offences and what follows them, said of somebody."""

RECORD = """
arrested, was arrested, been arrested, charged with, been charged, on bail, bailed, on remand, remanded, convicted,
conviction, convictions, criminal record, spent conviction, previous convictions, failed dbs, dbs came back,
dbs check came, cautioned, a caution, under caution, in prison, out of prison, from prison, in jail, was jailed,
been jailed, jailed for, served time, did time, months inside, years inside, inside for, did six months,
did two years, released from, released on licence, on licence, on probation, probation officer, on tag, tagged,
electronic tag, ankle tag, community payback, unpaid work, hours for the, youth offending, yot worker, reprimand,
sex offender, sex offenders register, registered offender, registered sex, paedophile, known offender, ex offender,
drug dealing, dealing drugs, dealer, bag of pills, wrap of, wraps of, cannabis farm, growing cannabis,
caught shoplifting, shoplifting, was caught stealing, caught stealing, stole from, stealing from, has been stealing,
helped himself to, helped herself to, fiddled, embezzled, playing field money, hand in the till, fraud investigation,
being investigated, under investigation, is being prosecuted, being prosecuted, interviewed by police,
interviewing him, interviewing her, interviewed under, police interviewed, questioned by, helping police,
drink driving, drink driver, drunk driving, banned from driving, lost his licence, lost her licence, lifted the,
we lifted, nicked for, nicked, asbo, banning order, criminal behaviour order, pub assault, assaulted, punched,
stabbed, attacked, threatened, harassing, stalking, set fire to, started the fire, arson, vandalised, smashed,
brought the knife, carrying a knife, arestio, euogfarn, carchar, cyhuddo, ar fechnïaeth, owned up, has owned up,
admitted it, confessed, touching a, for touching, lost his badge, lost her badge, badge revoked, badge was revoked,
has his tag, his tag, her tag, tag on, on the register, within 100m, can't go within, can't go near, banned from,
excluded from the premises, not allowed in, been done for, was done for, done for, got done, had up for, up in court,
in court for, in court on, court on monday, before the bench, on a charge of, pending trial, awaiting trial,
awaiting sentence, awaiting sentencing, sentenced to, given a community, doing community service, community service,
conditional discharge, bound over, police caution, cautioned for, fingerprinted, mugshot, wanted by, on the run,
skipped bail, breached his, breached her, back inside, went down for, sent down, out on licence, borstal,
young offender, young offenders, known to police, known to the police, police were called to, police came for,
taken away by police, in the cells, in handcuffs, handcuffed, caught red handed, caught with, caught selling,
selling drugs, selling weed, smoking weed, growing weed, weed in, stash, nicked the, light fingered,
fingers in the till, conned, con man, conman, scammed his, scammed her, hit and run, over the limit,
failed a breath test, breathalysed, uninsured, no insurance, no licence, disqualified driver, child abuse images,
indecent images, upskirting, flasher, pervert, sex pest, kerb crawling, brothel, sex offence, sexual assault,
domestic assault, beat up, beating up, glassed, knifed, threats to kill, been charged with, was charged with,
is charged, is dealing, been dealing, possession of drugs
"""

OFFENCE = """
theft, thief, burglar*, robbery, fraud, assault, offence, offences, offender, offending, crime, criminal, court,
police, drugs, cannabis, cocaine, heroin, knife, weapon, prison, jail, sentence, sentenced, guilty, probation,
payback, bail, domestic violence, harassment, speeding, fly tipping, fly tipped, antisocial behaviour,
anti social behaviour, vandalism, warrant, custody, cells, trosedd, heddlu, llys, dwyn, gun, charged, dealing, raided
"""

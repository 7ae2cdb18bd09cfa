"""Safeguarding: words that are said of one case, and words of the services."""

CASE = """
marac, mappa, section 47, s47, s 47, section 20, section 17, on a child protection plan, on the child protection,
child protection plan since, child protection conference, strategy meeting, strategy discussion, core group,
taken into care, went into care, into care, in care, looked after, looked after girl, looked after boy, care order,
interim care order, supervision order, placement order, adoption order, emergency protection order, police protection,
removed from, placed with, placed there, placed in, been placed, was placed, were placed, foster placement,
emergency placement, placement broke down, moved placement, new placement, took in, taken in by, foster carers,
foster carer, fostered by, fostering, being fostered, birth mother, birth father, birth mum, birth dad, birth family,
birth parents, adopted by, going to be adopted, gone to carers, with her carers, with his carers, new carers,
carers in, supervised contact, no contact, contact order, contact visit, isn't allowed, not allowed within,
not allowed near, isn't allowed near, isn't allowed within, mustn't know, must not know, can't find, won't find,
cannot find, can't trace, doesn't know where, doesn't know she, doesn't know he, fled, fleeing, escaped from, escaping,
moved away from her, hiding from, in hiding, relocated, rehoused after, non molestation, restraining order,
injunction against, occupation order, violent partner, violent ex, abusive partner, abusive ex, abusive husband,
abusive father, abused by, was abused, been abused, was groomed, groomed by, being groomed, was neglected,
neglected by, was raped, sexually assaulted, sexual abuse, sexually abused, child sexual exploitation, cse, trafficked,
county lines, cuckooed, cuckooing, forced marriage, honour based, fgm, emptied her account, emptied his account,
taking her pension, taking his pension, been taking her, been taking his, raised an alert, took her pension,
took his pension, financial abuse, stole from her, black eye, bruises, bruising, bruised, burns on, disclosed that,
made a disclosure, told her teacher, told a teacher, told staff that, in channel, channel panel, referred to prevent,
referred to channel, radicalised, extremist material, referred to social services, social services took,
known to social services, known to social care, well known to us, known to us, social worker visited,
missing from care, missing from placement, absconded, child in need, child in need plan, lado, section 42,
deprivation of liberty, dols, best interests, court of protection, safeguarding referral, safeguarding concern,
safeguarding enquiry, special guardian, special guardianship, kinship carer, kinship care, special guardianship order,
family court, ran away from, gorchymyn gofal, mewn gofal, wedi ei gam drin, cynhadledd amddiffyn plant, locked in,
kept in, domestic abuse victim, domestic violence victim, victim of domestic, survivor of domestic, keep her address,
keep his address, her new address, his new address, safe house
"""

SERVICE = """
safeguarding, child protection, social worker, social workers, social services, social care, children's services,
refuge, women's aid, domestic abuse, domestic violence, channel, prevent, placement, foster, fosters, fostered,
adoption, adopted, carers, carer, care home, care leaver, children's home, contact centre, neglect*, abuse, abused,
abusive, perpetrator, vulnerable, at risk, exploitation, exploited, grooming, missing, runaway, early help,
family support, respite, supervision, hostel, social work, diogelu, amddiffyn plant, gweithiwr cymdeithasol,
gofal cymdeithasol, lloches, cam drin, maeth, maethu
"""

"""Special categories of UK GDPR, article 9, other than health: faith, origin, orientation, opinions, unions."""

ATTACHED = """
jehovah's witness, jehovah's witnesses, is a muslim, is muslim, is jewish, is a jew, is a christian, is catholic,
is a catholic, is hindu, is a hindu, is sikh, is a sikh, is buddhist, is an atheist, is a mormon, is a pagan,
is a scientologist, converted to, conversion to, born again, prays at, goes to mass, attends mosque, wears a hijab,
fellow muslim, fellow christian, is gay, is a lesbian, is lesbian, is bisexual, is trans, is transgender,
is non binary, is queer, came out, come out as, coming out as, came out as, outed, is transitioning, transitioning,
transitioned, used to be called, dead name, deadname, his boyfriend, her girlfriend, same sex partner, his husband,
her wife, is in a same sex, having an affair, sex worker, voted for, votes for, voted labour, voted tory,
voted conservative, voted reform, voted green, is a labour, is a tory, is a conservative voter, party member,
member of the labour, member of the conservative, member of reform, card carrying, brexiteer, because of mosque,
because of ramadan, fasting for, goes to mosque, political views, is in the union, are in the union, in the union,
joined the union, union member, union members are, union rep, shop steward, crossed the picket, picket line,
refused to strike, broke the strike, leave to remain, leave to remain was refused, asylum claim, asylum application,
seeking asylum, asylum seeker, refused asylum, visa expired, visa was refused, overstayed, undocumented,
illegal immigrant, here illegally, deported, deportation, facing deportation, no recourse, no recourse to public funds,
immigration status, home office refused, settled status, age assessment, is a refugee, from the roma, roma family,
roma families, traveller family, gypsy family, the polish family, the syrian family, the ukrainian family,
the romanian family, the somali family, the afghan family, only black, only asian, only muslim, only jewish,
only polish, only gay, only catholic, only traveller, of mixed race, ukrainian accents, polish accent, foreign accent,
yn hoyw, yn lesbiaidd, yn fwslim, yn iddew, lloches, yn yr undeb
"""

NAMED = """
communist, muslim, muslims, christian, christians, catholic, jewish, jew, hindu, sikh, buddhist, mosque, synagogue,
gurdwara, church, faith, religion, religious, roma, gypsy, traveller, travellers, polish, romanian, somali, syrian,
afghan, ukrainian, iraqi, kurdish, pakistani, bangladeshi, chinese, african, caribbean, asian, black, ethnic,
ethnicity, race, gay, lesbian, bisexual, trans, transgender, lgbt, lgbtq, lgbt+, pride, queer, union, unison, unite,
gmb, strike, picket, labour, conservative, tory, reform, lib dem, plaid, snp, green party, brexit, asylum, refugee,
refugees, visa, immigration, migrant, migrants, home office, crefydd, ffydd, undeb, ffoadur, ffoaduriaid
"""

"""What befalls or is said of people and points them out: deaths, quarrels, complaints, homes that can be found."""

BEFALLEN = """
drowned, drowning, died last, who died, killed himself, killed herself, was killed, was murdered, took an overdose,
hanged, found dead, mum's funeral, dad's funeral, cot death, lost her son, lost his son, lost their son,
lost her daughter, lost their daughter, lost her husband, lost his wife, lost their baby, bereaved, in mourning,
unmarked plot, baby's grave, grave of, unmarked grave, started the fire, fire was started, was started by, started by,
set the fire, let off, broke in, broke the window, complained about, complained that, made the complaint,
reported her, reported him, reported them, grassed, informant, whistleblower, whistle blower, anonymous caller,
who called us, rang us about, tipped us off, gave evidence, the witness, who objected, objector, one objector,
wrote the rude, we know it's, we know it is, we know who, culprit, the culprit, affair, left her, left him,
walked out on, husband left, wife left, dad left, split up, separated from, custody battle, lives alone, living alone,
walks home alone, home alone, alone at night, on her own, on his own, all alone, no family, won't ask for help,
keeps to herself, keeps to himself, house is empty, is away until, away until, on holiday until, spare key, back door,
leaves the door, key under, goes out at, never locks, is often out, hoarder, hoarding, hoards, smell from,
dirty house, squalor, rats in, abandoned by, orphan*, ashamed, living above, are living above, lives above,
living behind, boddi, bu farw, angladd, yn byw ar ei phen ei hun, yn byw ar ei ben ei hun, there alone,
lives there alone, alone there, you can guess, guess which, guess who, owned up, it was her who, it was him who,
has left him, has left her, divorce, going through a divorce, messy divorce, paternity, not the father, real father,
illegitimate, affair with, spilled the beans, let slip, rowing, row with, neighbour dispute, was rude, swore at,
spat at, let down by, complains about, always complaining, serial complainer, vexatious, moans about, dobbed in,
snitched, tip off came, tip came from, evidence came from, signed the petition, away all, goes on holiday,
in spain until, in hospital until, key is under, keys are with, leaves her key, gate is unlocked, cash in the house,
no alarm, burgled last, burgled twice, death of her, death of his, her late husband, his late wife, baby who died,
died at birth, died suddenly, in the grave, ashes of, lost everything in, had no insurance, no insurance and,
anonymous letter, who posted the, we know who posted, third time unlucky, won't say who, can't say what for,
can't say why, nudge nudge, wink wink, taken off him, taken off her, trial starts, lives above the,
over the launderette, above the shop, with the red door, with the blue door, with the blue gate,
with the green shutters
"""

TALK = """
cried, in tears, died, death, dead, widow*, fire, complaint, complained, complain, objected, reported, hoax, gossip,
rumour, rumours, privacy, respect their privacy, please respect, don't want, stop knocking, stop asking,
for those asking, asked why, some of you have asked, a few people noticed, as many of you know, many of you know,
you may have heard, you'll have heard, we can confirm, for the record, to stop the, you know who, everyone knows,
between us, don't tell, keep it quiet, not naming, we're not naming, can't name, without naming, no names
"""

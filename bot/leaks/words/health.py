"""Health: words that tell somebody's state, and words that only name a matter of health."""

STATE = """
diagnosed, diagnosis, prognosis, chemo, chemotherapy, radiotherapy, intensive care, in a coma, on a ventilator, in icu,
heart attack, had a stroke, having a stroke, his stroke, her stroke, had a seizure, a seizure, had a fit, seizures,
overdose, overdosed, overdoses, detox, relapsed, relapse, sectioned, been sectioned, under section, psychotic,
psychosis, psychiatric, suicidal, attempted suicide, suicide attempt, took his own life, took her own life,
taken his own life, taken her own life, tried to kill, self harm*, cut herself, cut himself, miscarriage, miscarried,
stillborn, stillbirth, ivf, fertility treatment, is pregnant, pregnant, expecting, termination, an abortion, hiv,
hepatitis, case of tb, tuberculosis, dialysis, transplant, terminal, terminally ill, palliative, end of life,
months to live, weeks to live, incontinen*, catheter, colostomy, stoma, tested positive, positive test, positive for,
test came back, scan wasn't good, scan was clear, scan results, her scan, his scan, biopsy, tumour, leukaemia, lump,
mastectomy, hysterectomy, vasectomy, amputat*, depot injection, his medication, her medication, on medication,
off her medication, off his medication, antidepressant*, methadone, insulin, breakdown, nervous breakdown,
panic attack, panic attacks, signed off with, off with stress, off with depression, off with anxiety, off with a,
undergoing treatment, under the crisis team, crisis team, community mental health team, cmht, camhs, in rehab,
out of rehab, drying out, drink problem, drinking problem, drinking again, back on the drink, alcoholic, addict,
back using, using again, discharged from hospital, in hospital, rushed to hospital, taken to hospital,
back in hospital, hospital bed, back in ward, in ward, on ward, in the hospice, went into the hospice, fractured hip,
broken hip, broke her hip, broke his hip, had a fall, her fall, his fall, bedbound, housebound, bed bound, house bound,
doubly incontinent, care package, continence, pressure sores, pressure sore, has dementia, with dementia, his dementia,
her dementia, has alzheimer*, has cancer, got cancer, her cancer, his cancer, cancer is back, cancer has,
has parkinson*, has epilepsy, has autism, is autistic, has adhd, has bipolar, is bipolar, has schizophrenia,
is schizophrenic, has depression, is depressed, has anxiety, has ptsd, has hiv, has down's, has diabetes, is diabetic,
has ms, has mnd, has a learning disability, has learning difficulties, is disabled, is deaf, is blind, is dying,
went blind, critically ill, seriously ill, gravely ill, very ill, very poorly, is unwell, not well, isn't well,
hasn't been well, her ms, his ms, bypass, heart bypass, home from hospital, lost the baby, lost her baby,
lost their baby, has been ill, been poorly, eating disorder, anorexi*, bulimi*, hearing voices, paranoid, delusional,
lacks capacity, do not resuscitate, dnr, dnacpr, ot assessment, yn yr ysbyty, canser arno, canser arni, dementia arno,
dementia arni, yn feichiog, wedi cael strôc, cyffuriau
"""

MATTER = """
cancer, dementia, alzheimer*, parkinson*, epilep*, diabet*, asthma, autis*, adhd, asperger*, bipolar, schizophren*,
depress*, anxiety, ptsd, ocd, stroke, mental health, mental illness, illness, ill, poorly, unwell, sick, sickness,
disabled, disability, disabilities, learning disabilit*, learning difficult*, down's syndrome, cerebral palsy,
multiple sclerosis, motor neurone, wheelchair, wheelchair user, walking frame, oxygen cylinder, oxygen, hearing aid,
blind, deaf, prosthe*, hospital, hospice, operation, surgeon, oncolog*, cardiac, treatment, medication, tablets,
injection, prescription, paramedics, ambulance, collapsed, casualty, a e, emergency admission, admitted, discharged,
home care, carers, reablement, occupational therapy, physio, counselling, counsellor, therapist, therapy, alcohol,
drinking, drugs, addiction, substance, rehab, hormones, menopause, pregnan*, maternity, baby, surgery, x ray,
blood test, gp, patient, symptoms, infection, covid, tb, norovirus, scabies, head lice, allerg*, long covid, fit note,
sick note, incontinence, mobility, frail, fall, iechyd, salwch, sâl, ysbyty, canser, anabledd, anabl, cadair olwyn,
meddyginiaeth, iselder
"""

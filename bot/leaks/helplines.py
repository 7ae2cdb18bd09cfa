"""National helplines and public numbers that anybody may publish, each from the page of who runs it."""

HELPLINES = """
Samaritans                                   116 123         samaritans.org
Childline                                    0800 1111       childline.org.uk
Missing People                               116 000         missingpeople.org.uk
National Domestic Abuse Helpline             0808 2000 247   nationaldahelpline.org.uk
Live Fear Free (Wales)                       0808 80 10 800  gov.wales/live-fear-free
Domestic Abuse Helpline (Scotland)           0800 027 1234   sdafmh.org.uk
Domestic and Sexual Abuse (N. Ireland)       0808 802 1414   dsahelpline.org
Men's Advice Line                            0808 801 0327   mensadviceline.org.uk
Galop                                        0800 999 5428   galop.org.uk
Rape Crisis England and Wales                0808 500 2222   rapecrisis.org.uk
NSPCC Helpline                               0808 800 5000   nspcc.org.uk
Papyrus HOPELINE247                          0800 068 4141   papyrus-uk.org
Campaign Against Living Miserably            0800 58 58 58   thecalmzone.net
Mind infoline                                0300 123 3393   mind.org.uk
Mental health helpline for Wales (CALL)      0800 132 737    callhelpline.org.uk
Breathing Space (Scotland)                   0800 83 85 87   breathingspace.scot
Lifeline (Northern Ireland)                  0808 808 8000   lifelinehelpline.info
Crimestoppers                                0800 555 111    crimestoppers-uk.org
Anti-Terrorist Hotline                       0800 789 321    met.police.uk
Action Fraud, Report Fraud                   0300 123 2040   reportfraud.police.uk
Modern Slavery Helpline                      0800 0121 700   modernslaveryhelpline.org
Gas emergency                                0800 111 999    nationalgas.com
Floodline                                    0345 988 1188   gov.uk/check-flooding
Citizens Advice Adviceline (England)         0800 144 8848   citizensadvice.org.uk
Advicelink Cymru                             0800 702 2020   citizensadvice.org.uk/wales
Citizens Advice consumer service             0808 223 1133   citizensadvice.org.uk
Shelter England                              0808 800 4444   england.shelter.org.uk
Shelter Cymru                                08000 495 495   sheltercymru.org.uk
Shelter Scotland                             0808 800 4444   scotland.shelter.org.uk
StepChange Debt Charity                      0800 138 1111   stepchange.org
National Debtline                            0808 808 4000   nationaldebtline.org
Age UK Advice Line                           0800 678 1602   ageuk.org.uk
The Silver Line                              0800 4 70 80 90 thesilverline.org.uk
Hourglass                                    0808 808 8141   wearehourglass.org
Dementia Connect                             0333 150 3456   alzheimers.org.uk
Cruse Bereavement Support                    0808 808 1677   cruse.org.uk
Talk to FRANK                                0300 123 6600   talktofrank.com
Drinkline                                    0300 123 1110   nhs.uk
Alcoholics Anonymous                         0800 917 7650   alcoholics-anonymous.org.uk
National Gambling Helpline                   0808 8020 133   gamcare.org.uk
National Smokefree Helpline                  0300 123 1044   nhs.uk
Beat (eating disorders)                      0808 801 0677   beateatingdisorders.org.uk
Family Lives                                 0808 800 2222   familylives.org.uk
Gingerbread                                  0808 802 0925   gingerbread.org.uk
Universal Credit helpline                    0800 328 5644   gov.uk
Pension Credit claim line                    0800 99 1234    gov.uk
Attendance Allowance helpline                0800 731 0122   gov.uk
HMRC National Insurance                      0300 200 3500   gov.uk
HMRC self assessment                         0300 200 3310   gov.uk
DVLA                                         0300 790 6801   gov.uk
Electoral Commission                         0800 328 0280   electoralcommission.org.uk
Information Commissioner's Office            0303 123 1113   ico.org.uk
Local Government and Social Care Ombudsman   0300 061 0614   lgo.org.uk
Public Services Ombudsman for Wales          0300 790 0203   ombudsman.wales
RSPCA                                        0300 1234 999   rspca.org.uk
"""
"""Who, number, source; one a line, the columns apart by two spaces or more."""

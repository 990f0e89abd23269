"""The lists that a code of a protocol may belong to: what the rules ask of conditions, medicines, signs and events."""

UNRELIABLE_CREATININE = "unreliable_creatinine"
TAPER_ONE_LEVEL_UP = "taper_one_level_up"
CEREBRAL_ORIGIN = "cerebral_origin"
KIDNEY_CHECK_RISK = "kidney_check_risk"
KIDNEY_CHECK_TRIGGER = "kidney_check_trigger"

# Other medicines (INT)
GFR_LOWERING = "gfr_lowering"
ALCOHOL = "alcohol"
OPIOID = "opioid"
BENZODIAZEPINE = "benzodiazepine_or_z_drug"
GABAPENTINOID = "gabapentinoid"
MUSCLE_RELAXANT = "muscle_relaxant"
SEDATING = "antihistamine_antipsychotic_or_barbiturate"
TRICYCLIC = "tricyclic"
MAO_INHIBITOR = "mao_inhibitor"
LITHIUM = "lithium"
LEVODOPA = "levodopa"
INTRATHECAL_MORPHINE = "intrathecal_morphine"
ANAESTHESIA = "anaesthesia"
BLOOD_PRESSURE = "blood_pressure"
ANTIDIABETIC = "antidiabetic"

# Signs (CAU-1 and CAU-2)
TOXIC = "toxic"
SLOW_BREATHING = "slow_breathing"
FALLS = "falls"

# Signs of withdrawal (MISS-7 and TAPER-5)
WITHDRAWAL = "withdrawal"
WITHDRAWAL_IN_REDUCTION = "withdrawal_in_reduction"

# Unwanted effects: no rule reads them, a report asks about them
UNWANTED = "unwanted"
DROWSINESS = "drowsiness"  # new or not: the larger dose can be moved to bedtime

# Conditions (TAPER-7 and INT-14)
PUMP_DELIVERS = "pump_delivers"

# Conditions (STOP-5)
WITHOUT_MOUTH = "surgery_or_nil_by_mouth"

# Conditions (CAU)
HYPERSENSITIVITY = "hypersensitivity"
CURRENT_ULCER = "current_peptic_ulcer"
PAST_ULCER = "past_peptic_ulcer"
EPILEPSY = "epilepsy"
MENTAL_STATE = "mental_state"
SUICIDE_OR_MISUSE = "suicide_or_misuse"
STROKE = "stroke"
PARKINSON = "parkinson"
CEREBRAL_PALSY = "cerebral_palsy"
RHEUMATIC_SPASM = "rheumatic_spasm"
RESPIRATORY = "respiratory_impairment"
OTHER_CAUTION = "other_caution"
DYSREFLEXIA = "autonomic_dysreflexia"
LOW_ALBUMIN = "low_albumin"

CODE_LISTS = frozenset(value for name, value in list(globals().items()) if name.isupper())

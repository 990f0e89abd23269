"""The names that a case file may use for conditions, medicines and signs beyond the codes of the protocols.

A name that belongs to a rule family that is not built is read and has no effect; a name that nobody knows is an error,
so that a slip of the pen never looks like a healthy patient.
"""

# Another way to write the code of a protocol.
SAME_AS = {
    "advanced_ms": "advanced_multiple_sclerosis",
    "multiple_sclerosis_advanced": "advanced_multiple_sclerosis",
    "ms": "multiple_sclerosis",
    "ckd": "chronic_kidney_disease",
    "known_ckd": "chronic_kidney_disease",
    "kidney_disease": "chronic_kidney_disease",
    "diabetes_mellitus": "diabetes",
    "psychosis_history": "psychosis",
    "history_of_psychosis": "psychosis",
    "past_psychosis": "psychosis",
    "schizophrenia": "psychosis",
    "brain_injury": "traumatic_brain_injury",
    "sci": "spinal_cord_injury",
    "sci_t6_or_above": "spinal_cord_injury_t6_or_above",
    "cord_injury_t6_or_above": "spinal_cord_injury_t6_or_above",
    "limb_amputation": "amputation",
    "drowsiness": "new_drowsiness",
    "falls": "new_falls",
    "fall": "new_falls",
    "respiratory_depression": "slow_breathing",
    "vomiting": "vomiting_or_diarrhoea",
    "diarrhoea": "vomiting_or_diarrhoea",
    "vomiting_over_24h": "vomiting_or_diarrhoea",
    "diarrhoea_over_24h": "vomiting_or_diarrhoea",
    "obstruction": "urinary_obstruction",
    "cyclosporin": "ciclosporin",
    "cyclosporine": "ciclosporin",
    "nsaid": "other_nsaid",
    "indometacin": "other_nsaid",
    "celecoxib": "other_nsaid",
    "ketorolac": "other_nsaid",
    "meloxicam": "other_nsaid",
    "acei": "other_ace_inhibitor",
    "ace_inhibitor": "other_ace_inhibitor",
    "enalapril": "other_ace_inhibitor",
    "perindopril": "other_ace_inhibitor",
    "captopril": "other_ace_inhibitor",
    "arb": "other_arb",
    "candesartan": "other_arb",
    "valsartan": "other_arb",
    "irbesartan": "other_arb",
    "diuretic": "other_diuretic",
    "bumetanide": "other_diuretic",
    "bendroflumethiazide": "other_diuretic",
    "hydrochlorothiazide": "other_diuretic",
    "indapamide": "other_diuretic",
    "spironolactone": "other_diuretic",
    "aminoglycoside": "other_aminoglycoside",
    "amikacin": "other_aminoglycoside",
    "tobramycin": "other_aminoglycoside",
    "motor_neurone_disease": "neuromuscular_disease",
    "muscular_dystrophy": "neuromuscular_disease",
    "tbi": "traumatic_brain_injury",
    "spinal_cord_injury_below_t6": "spinal_cord_injury",
    "hypersensitivity": "baclofen_hypersensitivity",
    "active_peptic_ulcer": "current_peptic_ulcer",
    "peptic_ulcer": "current_peptic_ulcer",
    "alcohol_use": "alcohol_history",
    "parkinson": "parkinsons_disease",
    "parkinsons": "parkinsons_disease",
    "rheumatic_disorder": "rheumatic_spasm",
    "hepatic_impairment": "liver_impairment",
    "liver_disease": "liver_impairment",
    "posture_dependent_spasticity": "postural_spasticity",
    "spasticity_supports_posture": "postural_spasticity",
    "ethanol": "alcohol",
    "hallucinations": "hallucination",
    "seizures": "seizure",
    "fits": "seizure",
    "status_epilepticus": "seizure",
    "worse_spasms": "rebound_spasticity",
    "return_of_tone": "rebound_spasticity",
    "insulin": "other_insulin",
}

# Read from "conditions" and kept as a fact of its own.
PAST_WITHDRAWAL = "past_withdrawal"

# The condition of the protocols that "pump_delivering=yes" and every event of a pump stand for.
PUMP_DELIVERING = "pump_delivering"

CONDITIONS = frozenset(
    (
        *("coagulopathy", "communication_difficulty", "heart_failure", "malnutrition", "migraine"),
        *("osteoarthritis", "past_withdrawal", "respiratory_failure_risk", "small_body", "spinal_fusion"),
        "systemic_infection",
    )
)

MEDICINES = frozenset(("paracetamol", "valproate"))

SIGNS = frozenset(
    (
        *("altered_mind", "chest_pain", "itch", "itching", "labile_blood_pressure", "low_tone", "piloerection"),
        "priapism",
    )
)

# Keys whose value is a number, and keys whose value is yes or no.
NUMBERS = frozenset(
    (
        *("age_years", "weight_kg", "height_cm", "gestation_weeks", "infant_age_weeks", "weeks_of_use"),
        *("weeks_at_maximum", "creatinine_mg_dl", "creatinine_umol_l", "cystatin_c_mg_l"),
        *("baseline_creatinine_mg_dl", "baseline_creatinine_umol_l", "interval_hours", "estimate"),
        *("kidney_test_age_days", "last_kidney_test_months", "daily_mg", "single_mg", "doses_per_day"),
        *("previous_daily_mg", "days_since_last_increase", "strength_mg_per_ml", "volume_ml"),
        *("previous_strength_mg_per_ml", "previous_volume_ml", "expected_missed", "effective_bolus_ug"),
        *("effect_hours", "ordered_ug_day", "from_ug_day", "to_ug_day", "ug_day"),
        *("hours_since_start_or_increase", "fill_ml", "concentration_ug_ml"),
        *("previous_concentration_ug_ml", "alarm_residual_ml"),
    )
)

YES_NO = frozenset(
    (
        *("dialysis", "pregnant", "breastfeeding", "new_gfr_lowering_drug", "pump_delivering", "at_maximum"),
        *("bridge_bolus", "replacement_booked"),
    )
)

-- A clinic: uuid keys, singular names, a laboratory of its own, an engine that runs processes.

CREATE SCHEMA clinic;
CREATE SCHEMA lab;
CREATE SCHEMA lab_old;
CREATE SCHEMA flow;

-- People and what is known of them, split by who may read it.

CREATE TABLE clinic.patient (
    patient_id uuid PRIMARY KEY,
    record_number text NOT NULL UNIQUE,
    family_name text NOT NULL,
    given_name text NOT NULL,
    sex char(1) NOT NULL,
    birth_date date NOT NULL,
    deceased_on date,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL
);

CREATE TABLE clinic.patient_contact (
    patient_id uuid PRIMARY KEY REFERENCES clinic.patient (patient_id),
    street text,
    city text,
    postal_code text,
    home_phone text,
    mobile_phone text,
    email text
);

CREATE TABLE clinic.patient_insurance (
    patient_id uuid PRIMARY KEY REFERENCES clinic.patient (patient_id),
    insurer_code text NOT NULL,
    policy_number text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    copayment_rate numeric(5, 2)
);

CREATE TABLE clinic.patient_audit (
    audit_id bigserial PRIMARY KEY,
    action char(1) NOT NULL,
    acted_at timestamptz NOT NULL,
    acted_by text NOT NULL,
    patient_id uuid NOT NULL,
    record_number text,
    family_name text,
    given_name text,
    sex char(1),
    birth_date date,
    deceased_on date,
    created_at timestamptz,
    created_by text
);

-- Made by hand before the numbering of records was changed.
CREATE TABLE clinic.patient_copy (
    patient_id uuid,
    record_number text,
    family_name text,
    given_name text,
    sex char(1),
    birth_date date,
    deceased_on date,
    created_at timestamptz,
    created_by text
);

CREATE TABLE clinic.ward (
    ward_id uuid PRIMARY KEY,
    name text NOT NULL,
    floor integer,
    beds integer NOT NULL
);

CREATE TABLE clinic.doctor (
    doctor_id uuid PRIMARY KEY,
    family_name text NOT NULL,
    given_name text NOT NULL,
    title text,
    specialty text NOT NULL,
    licence_number text NOT NULL UNIQUE,
    ward_id uuid REFERENCES clinic.ward (ward_id),
    pager text,
    hired_on date NOT NULL,
    left_on date
);

-- The roster's own list of the same doctors.
CREATE TABLE clinic.physician (
    id serial PRIMARY KEY,
    last_name varchar(80) NOT NULL,
    first_name varchar(80) NOT NULL,
    title varchar(20),
    speciality varchar(80),
    license_no varchar(40),
    ward_id uuid REFERENCES clinic.ward (ward_id),
    beeper varchar(20),
    start_date date,
    end_date date
);

-- Employees for the payroll, staff for the roster: most of a person stands in both.
CREATE TABLE clinic.employee (
    employee_id uuid PRIMARY KEY,
    personnel_number text NOT NULL UNIQUE,
    family_name text NOT NULL,
    given_name text NOT NULL,
    email text,
    phone text,
    job_title text NOT NULL,
    ward_id uuid REFERENCES clinic.ward (ward_id),
    hired_on date NOT NULL,
    left_on date,
    salary_grade text,
    bank_account text,
    tax_number text
);

CREATE TABLE clinic.staff (
    staff_id uuid PRIMARY KEY,
    personnel_number text NOT NULL,
    family_name text NOT NULL,
    given_name text NOT NULL,
    email text,
    phone text,
    job_title text,
    ward_id uuid REFERENCES clinic.ward (ward_id),
    hired_on date,
    left_on date,
    weekly_hours numeric(4, 1),
    night_shifts boolean,
    badge_color text
);

-- Visits.

CREATE TABLE clinic.appointment (
    appointment_id uuid PRIMARY KEY,
    patient_id uuid NOT NULL REFERENCES clinic.patient (patient_id),
    doctor_id uuid NOT NULL REFERENCES clinic.doctor (doctor_id),
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    reason text,
    status text NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE clinic.prescription (
    prescription_id uuid PRIMARY KEY,
    patient_id uuid NOT NULL REFERENCES clinic.patient (patient_id),
    doctor_id uuid NOT NULL REFERENCES clinic.doctor (doctor_id),
    prescribed_on date NOT NULL,
    valid_until date,
    note text
);

CREATE TABLE clinic.prescription_line (
    prescription_line_id uuid PRIMARY KEY,
    prescription_id uuid NOT NULL REFERENCES clinic.prescription (prescription_id),
    drug_id uuid NOT NULL,
    dose text NOT NULL,
    frequency text NOT NULL,
    days integer NOT NULL,
    note text
);

CREATE TABLE clinic.drug (
    drug_id uuid PRIMARY KEY,
    name text NOT NULL,
    strength text,
    form text,
    registered boolean NOT NULL
);

-- Other names under which a thing may be sought.

CREATE TABLE clinic.patient_alias (
    alias_id bigserial PRIMARY KEY,
    patient_id uuid NOT NULL REFERENCES clinic.patient (patient_id),
    alias text NOT NULL,
    language text,
    is_primary boolean NOT NULL DEFAULT false
);

CREATE TABLE clinic.doctor_alias (
    alias_id bigserial PRIMARY KEY,
    doctor_id uuid NOT NULL REFERENCES clinic.doctor (doctor_id),
    alias text NOT NULL,
    language text,
    is_primary boolean NOT NULL DEFAULT false
);

CREATE TABLE clinic.drug_alias (
    alias_id bigserial PRIMARY KEY,
    drug_id uuid NOT NULL REFERENCES clinic.drug (drug_id),
    alias text NOT NULL,
    language text,
    is_primary boolean NOT NULL DEFAULT false
);

-- Observations by the type of their value.

CREATE TABLE clinic.observation_number (
    patient_id uuid NOT NULL REFERENCES clinic.patient (patient_id),
    concept_code text NOT NULL,
    observed_at timestamptz NOT NULL,
    value numeric NOT NULL,
    PRIMARY KEY (patient_id, concept_code, observed_at)
);

CREATE TABLE clinic.observation_text (
    patient_id uuid NOT NULL REFERENCES clinic.patient (patient_id),
    concept_code text NOT NULL,
    observed_at timestamptz NOT NULL,
    value text NOT NULL,
    PRIMARY KEY (patient_id, concept_code, observed_at)
);

CREATE TABLE clinic.observation_date (
    patient_id uuid NOT NULL REFERENCES clinic.patient (patient_id),
    concept_code text NOT NULL,
    observed_at timestamptz NOT NULL,
    value date NOT NULL,
    PRIMARY KEY (patient_id, concept_code, observed_at)
);

-- The monitors write one table a year.

CREATE TABLE clinic.vital_sign_2022 (
    patient_id uuid NOT NULL REFERENCES clinic.patient (patient_id),
    taken_at timestamptz NOT NULL,
    pulse smallint,
    systolic smallint,
    diastolic smallint,
    oxygen_saturation smallint,
    temperature numeric(4, 1)
);

CREATE TABLE clinic.vital_sign_2023 (
    patient_id uuid NOT NULL REFERENCES clinic.patient (patient_id),
    taken_at timestamptz NOT NULL,
    pulse smallint,
    systolic smallint,
    diastolic smallint,
    oxygen_saturation smallint,
    temperature numeric(4, 1)
);

CREATE TABLE clinic.vital_sign_2024 (
    patient_id uuid NOT NULL REFERENCES clinic.patient (patient_id),
    taken_at timestamptz NOT NULL,
    pulse smallint,
    systolic smallint,
    diastolic smallint,
    oxygen_saturation smallint,
    temperature numeric(4, 1)
);

-- The laboratory, and what it was before the move in 2021: a whole schema left behind.

CREATE TABLE lab.instrument (
    instrument_id uuid PRIMARY KEY,
    name text NOT NULL,
    serial_number text NOT NULL,
    calibrated_on date
);

CREATE TABLE lab.panel (
    panel_id uuid PRIMARY KEY,
    code text NOT NULL UNIQUE,
    name text NOT NULL,
    price numeric(10, 2)
);

CREATE TABLE lab.sample (
    sample_id uuid PRIMARY KEY,
    patient_id uuid NOT NULL,
    panel_id uuid NOT NULL REFERENCES lab.panel (panel_id),
    barcode text NOT NULL,
    material text NOT NULL,
    drawn_at timestamptz NOT NULL,
    received_at timestamptz,
    rejected_reason text
);

CREATE TABLE lab.sample_result (
    sample_result_id uuid PRIMARY KEY,
    sample_id uuid NOT NULL REFERENCES lab.sample (sample_id),
    instrument_id uuid REFERENCES lab.instrument (instrument_id),
    analyte text NOT NULL,
    result_value numeric,
    unit text,
    reference_low numeric,
    reference_high numeric,
    validated_by text,
    validated_at timestamptz
);

CREATE TABLE lab_old.instrument (
    instrument_id uuid PRIMARY KEY,
    name text NOT NULL,
    serial_number text NOT NULL,
    calibrated_on date
);

CREATE TABLE lab_old.panel (
    panel_id uuid PRIMARY KEY,
    code text NOT NULL UNIQUE,
    name text NOT NULL,
    price numeric(10, 2)
);

CREATE TABLE lab_old.sample (
    sample_id uuid PRIMARY KEY,
    patient_id uuid NOT NULL,
    panel_id uuid NOT NULL REFERENCES lab_old.panel (panel_id),
    barcode text NOT NULL,
    material text NOT NULL,
    drawn_at timestamptz NOT NULL,
    received_at timestamptz
);

CREATE TABLE lab_old.sample_result (
    sample_result_id uuid PRIMARY KEY,
    sample_id uuid NOT NULL REFERENCES lab_old.sample (sample_id),
    instrument_id uuid REFERENCES lab_old.instrument (instrument_id),
    analyte text NOT NULL,
    result_value numeric,
    unit text,
    reference_low numeric,
    reference_high numeric,
    validated_by text,
    validated_at timestamptz
);

-- The process engine: what runs, what ran, and what is still to do.

CREATE TABLE flow.run_process (
    process_id text PRIMARY KEY,
    definition_key text NOT NULL,
    business_key text,
    parent_process_id text,
    started_at timestamptz NOT NULL,
    started_by text,
    state text NOT NULL,
    revision integer NOT NULL
);

CREATE TABLE flow.history_process (
    process_id text PRIMARY KEY,
    definition_key text NOT NULL,
    business_key text,
    parent_process_id text,
    started_at timestamptz NOT NULL,
    started_by text,
    state text NOT NULL,
    ended_at timestamptz,
    duration_ms bigint,
    end_reason text
);

CREATE TABLE flow.run_task (
    task_id text PRIMARY KEY,
    process_id text NOT NULL REFERENCES flow.run_process (process_id),
    name text NOT NULL,
    assignee text,
    due_at timestamptz,
    created_at timestamptz NOT NULL,
    priority integer NOT NULL,
    revision integer NOT NULL
);

CREATE TABLE flow.history_task (
    task_id text PRIMARY KEY,
    process_id text NOT NULL,
    name text NOT NULL,
    assignee text,
    due_at timestamptz,
    created_at timestamptz NOT NULL,
    priority integer NOT NULL,
    ended_at timestamptz,
    duration_ms bigint
);

CREATE TABLE flow.mail_queue (
    id bigserial PRIMARY KEY,
    payload jsonb NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    last_error text,
    run_after timestamptz NOT NULL,
    locked_by text,
    locked_at timestamptz
);

CREATE TABLE flow.print_queue (
    id bigserial PRIMARY KEY,
    payload jsonb NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    last_error text,
    run_after timestamptz NOT NULL,
    locked_by text,
    locked_at timestamptz
);

-- A school authority: one schema a school, and a central office whose database was brought over
-- from a desktop program without a single key.

CREATE SCHEMA office;
CREATE SCHEMA school_north;
CREATE SCHEMA school_south;
CREATE SCHEMA school_lake;

-- Tenants: the same program runs for each school.

CREATE TABLE school_north.pupil (
    pupil_id serial PRIMARY KEY,
    first_name text NOT NULL,
    last_name text NOT NULL,
    birth_date date,
    class_id integer,
    entered_on date,
    left_on date
);
CREATE TABLE school_north.class (
    class_id serial PRIMARY KEY,
    name text NOT NULL,
    school_year integer NOT NULL,
    room text
);
CREATE TABLE school_north.mark (
    mark_id serial PRIMARY KEY,
    pupil_id integer NOT NULL REFERENCES school_north.pupil (pupil_id),
    subject text NOT NULL,
    mark numeric(3, 1) NOT NULL,
    given_on date NOT NULL
);
CREATE TABLE school_north.absence (
    absence_id serial PRIMARY KEY,
    pupil_id integer NOT NULL REFERENCES school_north.pupil (pupil_id),
    from_date date NOT NULL,
    to_date date NOT NULL,
    excused boolean NOT NULL DEFAULT false
);

CREATE TABLE school_south.pupil (
    pupil_id serial PRIMARY KEY,
    first_name text NOT NULL,
    last_name text NOT NULL,
    birth_date date,
    class_id integer,
    entered_on date,
    left_on date
);
CREATE TABLE school_south.class (
    class_id serial PRIMARY KEY,
    name text NOT NULL,
    school_year integer NOT NULL,
    room text
);
CREATE TABLE school_south.mark (
    mark_id serial PRIMARY KEY,
    pupil_id integer NOT NULL REFERENCES school_south.pupil (pupil_id),
    subject text NOT NULL,
    mark numeric(3, 1) NOT NULL,
    given_on date NOT NULL
);
CREATE TABLE school_south.absence (
    absence_id serial PRIMARY KEY,
    pupil_id integer NOT NULL REFERENCES school_south.pupil (pupil_id),
    from_date date NOT NULL,
    to_date date NOT NULL,
    excused boolean NOT NULL DEFAULT false
);

CREATE TABLE school_lake.pupil (
    pupil_id serial PRIMARY KEY,
    first_name text NOT NULL,
    last_name text NOT NULL,
    birth_date date,
    class_id integer,
    entered_on date,
    left_on date
);
CREATE TABLE school_lake.class (
    class_id serial PRIMARY KEY,
    name text NOT NULL,
    school_year integer NOT NULL,
    room text
);
CREATE TABLE school_lake.mark (
    mark_id serial PRIMARY KEY,
    pupil_id integer NOT NULL REFERENCES school_lake.pupil (pupil_id),
    subject text NOT NULL,
    mark numeric(3, 1) NOT NULL,
    given_on date NOT NULL
);
CREATE TABLE school_lake.absence (
    absence_id serial PRIMARY KEY,
    pupil_id integer NOT NULL REFERENCES school_lake.pupil (pupil_id),
    from_date date NOT NULL,
    to_date date NOT NULL,
    excused boolean NOT NULL DEFAULT false
);

-- The central office: no key, no reference, no NOT NULL.

CREATE TABLE office.teachers (
    teacherid integer,
    firstname varchar(50),
    lastname varchar(50),
    birthdate date,
    street varchar(100),
    zip varchar(10),
    city varchar(50),
    phone varchar(30),
    email varchar(100),
    subjects varchar(200),
    contracthours integer,
    hiredate date
);

CREATE TABLE office.teachers_old (
    teacherid integer,
    firstname varchar(50),
    lastname varchar(50),
    birthdate date,
    street varchar(100),
    zip varchar(10),
    city varchar(50),
    phone varchar(30),
    subjects varchar(200),
    hiredate date
);

-- Somebody's second list of the teachers, for the substitution plan.
CREATE TABLE office.instructors (
    instructorno integer,
    forename varchar(60),
    surname varchar(60),
    dateofbirth date,
    telephone varchar(40),
    mail varchar(120),
    subjects varchar(200),
    weeklyhours integer,
    employedsince date
);

CREATE TABLE office.parents (
    parentid integer,
    firstname varchar(50),
    lastname varchar(50),
    street varchar(100),
    zip varchar(10),
    city varchar(50),
    phone varchar(30),
    email varchar(100),
    custody boolean
);

CREATE TABLE office.courses (
    courseid integer,
    title varchar(100),
    teacherid integer,
    room varchar(20),
    startson date,
    endson date,
    seats integer,
    fee numeric(8, 2)
);

CREATE TABLE office.courses_2 (
    courseid integer,
    title varchar(100),
    teacherid integer,
    room varchar(20),
    startson date,
    endson date,
    seats integer,
    fee numeric(8, 2),
    online boolean
);

CREATE TABLE office.tmp_courses_bak (
    courseid integer,
    title varchar(100),
    teacherid integer,
    room varchar(20),
    startson date,
    endson date,
    seats integer,
    fee numeric(8, 2)
);

CREATE TABLE office.enrolments (
    enrolmentid integer,
    courseid integer,
    pupilno varchar(20),
    enrolledon date,
    paid boolean,
    remark varchar(200)
);

CREATE TABLE office.waitinglist (
    waitingid integer,
    courseid integer,
    pupilno varchar(20),
    enteredon date,
    rank integer,
    remark varchar(200)
);

CREATE TABLE office.invoices (
    invoiceid integer,
    pupilno varchar(20),
    invoicedate date,
    duedate date,
    amount numeric(10, 2),
    paidon date,
    reminders integer
);

CREATE TABLE office.invoicelines (
    lineid integer,
    invoiceid integer,
    courseid integer,
    text varchar(200),
    quantity integer,
    price numeric(10, 2)
);

-- Letters were split over numbered tables when one grew too large.
CREATE TABLE office.letters_0 (letterid integer, recipient varchar(100), subject varchar(200), body text, senton date);
CREATE TABLE office.letters_1 (letterid integer, recipient varchar(100), subject varchar(200), body text, senton date);
CREATE TABLE office.letters_2 (letterid integer, recipient varchar(100), subject varchar(200), body text, senton date);
CREATE TABLE office.letters_3 (letterid integer, recipient varchar(100), subject varchar(200), body text, senton date);

-- Settings, logs and jobs of the office's programs.

CREATE TABLE office.usersettings (
    userid integer,
    name varchar(100),
    value text,
    changedon timestamp
);

CREATE TABLE office.programsettings (
    name varchar(100),
    value text,
    changedon timestamp
);

CREATE TABLE office.loginlog (
    logid integer,
    userid integer,
    loggedat timestamp,
    address varchar(50),
    success boolean
);

CREATE TABLE office.printlog (
    logid integer,
    userid integer,
    loggedat timestamp,
    printer varchar(50),
    pages integer
);

CREATE TABLE office.jobs (
    jobid integer,
    name varchar(100),
    schedule varchar(50),
    enabled boolean,
    lastrun timestamp
);

CREATE TABLE office.jobruns (
    runid integer,
    jobid integer,
    startedat timestamp,
    finishedat timestamp,
    success boolean,
    message text
);

-- Statistics for the ministry, kept three ways over the years.

CREATE TABLE office.school_statistics (
    school varchar(50),
    year integer,
    pupil_count integer,
    teacher_count integer,
    absence_rate numeric,
    repeat_rate numeric,
    graduation_rate numeric
);

CREATE TABLE office.school_indicators (
    school varchar(50),
    year integer,
    indicator varchar(100),
    value numeric,
    unit varchar(20)
);

CREATE TABLE office.school_statistics_json (
    school varchar(50),
    year integer,
    data json
);

-- A web shop that has grown for eight years: surrogate keys, foreign keys, plural names.

CREATE SCHEMA shop;
CREATE SCHEMA crm;
CREATE SCHEMA billing;
CREATE SCHEMA warehouse;
CREATE SCHEMA reporting;
CREATE SCHEMA staging;

-- Lookup tables.

CREATE TABLE shop.countries (
    code char(2) PRIMARY KEY,
    name text NOT NULL,
    position integer NOT NULL DEFAULT 0
);

CREATE TABLE shop.order_statuses (
    code text PRIMARY KEY,
    name text NOT NULL,
    position integer NOT NULL DEFAULT 0
);

CREATE TABLE shop.payment_methods (
    code text PRIMARY KEY,
    name text NOT NULL,
    position integer NOT NULL DEFAULT 0
);

-- People.

CREATE TABLE shop.customers (
    id bigserial PRIMARY KEY,
    email text NOT NULL UNIQUE,
    first_name text NOT NULL,
    last_name text NOT NULL,
    phone text,
    birth_date date,
    locale text NOT NULL DEFAULT 'en',
    newsletter boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- Bought with another shop in 2019; the same people under other words.
CREATE TABLE crm.clients (
    client_id serial PRIMARY KEY,
    mail varchar(255) NOT NULL,
    given_name varchar(100),
    surname varchar(100),
    telephone varchar(40),
    date_of_birth date,
    language varchar(5),
    newsletter boolean,
    registered_at timestamp,
    modified_at timestamp
);

CREATE TABLE shop.accounts (
    id bigserial PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES shop.customers (id),
    login text NOT NULL UNIQUE,
    password_hash text NOT NULL,
    last_login_at timestamptz,
    failed_logins integer NOT NULL DEFAULT 0,
    locked boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE billing.accounts (
    id bigserial PRIMARY KEY,
    number text NOT NULL UNIQUE,
    title text NOT NULL,
    kind text NOT NULL,
    currency char(3) NOT NULL,
    balance numeric(14, 2) NOT NULL DEFAULT 0,
    closed_on date,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE shop.addresses (
    id bigserial PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES shop.customers (id),
    recipient text NOT NULL,
    street text NOT NULL,
    city text NOT NULL,
    postal_code text NOT NULL,
    country_code char(2) NOT NULL REFERENCES shop.countries (code),
    is_default boolean NOT NULL DEFAULT false
);

-- Catalogue.

CREATE TABLE shop.brands (
    id bigserial PRIMARY KEY,
    slug text NOT NULL UNIQUE,
    name text NOT NULL,
    logo_url text
);

CREATE TABLE shop.categories (
    id bigserial PRIMARY KEY,
    parent_id bigint REFERENCES shop.categories (id),
    slug text NOT NULL UNIQUE,
    name text NOT NULL,
    position integer NOT NULL DEFAULT 0
);

CREATE TABLE shop.products (
    id bigserial PRIMARY KEY,
    sku text NOT NULL UNIQUE,
    name text NOT NULL,
    description text,
    brand_id bigint REFERENCES shop.brands (id),
    category_id bigint REFERENCES shop.categories (id),
    price_cents integer NOT NULL,
    currency char(3) NOT NULL,
    weight_grams integer,
    active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- The rewrite that was never finished.
CREATE TABLE shop.products_v2 (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    sku text NOT NULL UNIQUE,
    name text NOT NULL,
    description text,
    brand_id bigint REFERENCES shop.brands (id),
    category_id bigint REFERENCES shop.categories (id),
    price numeric(12, 2) NOT NULL,
    currency char(3) NOT NULL,
    weight_grams integer,
    tax_class text,
    status text NOT NULL DEFAULT 'draft',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE VIEW shop.active_products AS
    SELECT id, sku, name, description, brand_id, category_id, price_cents, currency
    FROM shop.products WHERE active;

CREATE TABLE shop.product_translations (
    product_id bigint NOT NULL REFERENCES shop.products (id),
    locale text NOT NULL,
    name text NOT NULL,
    description text,
    PRIMARY KEY (product_id, locale)
);

CREATE TABLE shop.category_translations (
    category_id bigint NOT NULL REFERENCES shop.categories (id),
    locale text NOT NULL,
    name text NOT NULL,
    description text,
    PRIMARY KEY (category_id, locale)
);

CREATE TABLE shop.tags (
    id bigserial PRIMARY KEY,
    slug text NOT NULL UNIQUE,
    name text NOT NULL
);

CREATE TABLE shop.product_tags (
    product_id bigint NOT NULL REFERENCES shop.products (id),
    tag_id bigint NOT NULL REFERENCES shop.tags (id),
    PRIMARY KEY (product_id, tag_id)
);

CREATE TABLE shop.customer_tags (
    customer_id bigint NOT NULL REFERENCES shop.customers (id),
    tag_id bigint NOT NULL REFERENCES shop.tags (id),
    PRIMARY KEY (customer_id, tag_id)
);

CREATE TABLE shop.product_search_cache (
    product_id bigint PRIMARY KEY REFERENCES shop.products (id),
    sku text NOT NULL,
    name text NOT NULL,
    description text,
    price_cents integer NOT NULL,
    currency char(3) NOT NULL,
    document tsvector NOT NULL,
    refreshed_at timestamptz NOT NULL
);

CREATE TABLE staging.products (
    sku text,
    name text,
    description text,
    brand text,
    category text,
    price_cents text,
    currency text,
    weight_grams text,
    batch_id bigint,
    loaded_at timestamptz DEFAULT now()
);

-- Carts and orders.

CREATE TABLE shop.carts (
    id bigserial PRIMARY KEY,
    customer_id bigint REFERENCES shop.customers (id),
    session_token text NOT NULL,
    currency char(3) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE shop.cart_items (
    id bigserial PRIMARY KEY,
    cart_id bigint NOT NULL REFERENCES shop.carts (id) ON DELETE CASCADE,
    product_id bigint NOT NULL REFERENCES shop.products (id),
    quantity integer NOT NULL,
    unit_price_cents integer NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE shop.orders (
    id bigserial PRIMARY KEY,
    order_number text NOT NULL UNIQUE,
    customer_id bigint NOT NULL REFERENCES shop.customers (id),
    status text NOT NULL REFERENCES shop.order_statuses (code),
    shipping_address_id bigint REFERENCES shop.addresses (id),
    billing_address_id bigint REFERENCES shop.addresses (id),
    currency char(3) NOT NULL,
    subtotal_cents integer NOT NULL,
    shipping_cents integer NOT NULL,
    tax_cents integer NOT NULL,
    total_cents integer NOT NULL,
    placed_at timestamptz NOT NULL,
    shipped_at timestamptz,
    cancelled_at timestamptz
);

CREATE TABLE shop.order_items (
    id bigserial PRIMARY KEY,
    order_id bigint NOT NULL REFERENCES shop.orders (id) ON DELETE CASCADE,
    product_id bigint NOT NULL REFERENCES shop.products (id),
    quantity integer NOT NULL,
    unit_price_cents integer NOT NULL,
    tax_cents integer NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- The nightly job moves orders of the year before last here.
CREATE TABLE shop.orders_archive (
    id bigint PRIMARY KEY,
    order_number text NOT NULL,
    customer_id bigint NOT NULL,
    status text NOT NULL,
    shipping_address_id bigint,
    billing_address_id bigint,
    currency char(3) NOT NULL,
    subtotal_cents integer NOT NULL,
    shipping_cents integer NOT NULL,
    tax_cents integer NOT NULL,
    total_cents integer NOT NULL,
    placed_at timestamptz NOT NULL,
    shipped_at timestamptz,
    cancelled_at timestamptz,
    archived_at timestamptz NOT NULL DEFAULT now()
);

-- Before the migration of January 2023; nobody dared to drop it.
CREATE TABLE shop.orders_backup_20230114 AS SELECT * FROM shop.orders;

CREATE TABLE shop.order_status_history (
    id bigserial PRIMARY KEY,
    order_id bigint NOT NULL REFERENCES shop.orders (id),
    old_status text,
    new_status text NOT NULL,
    changed_by text,
    changed_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE shop.payments (
    id bigserial PRIMARY KEY,
    order_id bigint NOT NULL REFERENCES shop.orders (id),
    method text NOT NULL REFERENCES shop.payment_methods (code),
    amount_cents integer NOT NULL,
    currency char(3) NOT NULL,
    reference text,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE shop.refunds (
    id bigserial PRIMARY KEY,
    payment_id bigint NOT NULL REFERENCES shop.payments (id),
    reason text,
    amount_cents integer NOT NULL,
    currency char(3) NOT NULL,
    reference text,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE shop.outbox (
    id bigserial PRIMARY KEY,
    topic text NOT NULL,
    key text NOT NULL,
    payload jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    published_at timestamptz
);

CREATE TABLE warehouse.outbox (
    id bigserial PRIMARY KEY,
    topic text NOT NULL,
    key text NOT NULL,
    payload jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    published_at timestamptz
);

-- Suppliers live twice: purchasing keeps its own.

CREATE TABLE shop.suppliers (
    id bigserial PRIMARY KEY,
    name text NOT NULL,
    contact_name text,
    email text,
    phone text,
    vat_number text,
    payment_terms_days integer,
    country_code char(2) REFERENCES shop.countries (code),
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE warehouse.suppliers (
    id bigserial PRIMARY KEY,
    name varchar(200) NOT NULL,
    contact_name varchar(200),
    email varchar(200),
    phone varchar(50),
    vat_number varchar(20),
    payment_terms_days smallint,
    country_code char(2),
    lead_time_days integer,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE warehouse.stock_movements (
    id bigserial PRIMARY KEY,
    product_id bigint NOT NULL REFERENCES shop.products (id),
    supplier_id bigint REFERENCES warehouse.suppliers (id),
    bin text NOT NULL,
    quantity integer NOT NULL,
    moved_at timestamptz NOT NULL
);

-- Reporting: three ways to keep the same figures, and rollups.

CREATE TABLE reporting.shop_metrics (
    day date NOT NULL,
    country_code char(2) NOT NULL,
    visits integer,
    conversion_rate numeric,
    average_basket numeric,
    return_rate numeric,
    revenue numeric,
    PRIMARY KEY (day, country_code)
);

CREATE TABLE reporting.metric_values (
    id bigserial PRIMARY KEY,
    day date NOT NULL,
    country_code char(2) NOT NULL,
    metric_name text NOT NULL,
    metric_value numeric NOT NULL
);

CREATE TABLE reporting.metrics_json (
    id bigserial PRIMARY KEY,
    day date NOT NULL,
    country_code char(2) NOT NULL,
    metrics jsonb NOT NULL
);

CREATE TABLE reporting.sales_hourly (
    hour timestamptz NOT NULL,
    product_id bigint NOT NULL REFERENCES shop.products (id),
    orders integer NOT NULL,
    units integer NOT NULL,
    turnover_cents bigint NOT NULL,
    PRIMARY KEY (hour, product_id)
);

CREATE TABLE reporting.sales_daily (
    day date NOT NULL,
    product_id bigint NOT NULL REFERENCES shop.products (id),
    orders integer NOT NULL,
    units integer NOT NULL,
    turnover_cents bigint NOT NULL,
    PRIMARY KEY (day, product_id)
);

CREATE TABLE reporting.sales_monthly (
    month date NOT NULL,
    product_id bigint NOT NULL REFERENCES shop.products (id),
    orders integer NOT NULL,
    units integer NOT NULL,
    turnover_cents bigint NOT NULL,
    PRIMARY KEY (month, product_id)
);

CREATE TABLE reporting.page_views (
    viewed_at timestamptz NOT NULL,
    visitor_id uuid NOT NULL,
    customer_id bigint,
    path text NOT NULL,
    referrer text,
    user_agent text
) PARTITION BY RANGE (viewed_at);

CREATE TABLE reporting.page_views_2024_01 PARTITION OF reporting.page_views
    FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
CREATE TABLE reporting.page_views_2024_02 PARTITION OF reporting.page_views
    FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');

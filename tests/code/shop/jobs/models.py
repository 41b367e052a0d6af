"""The tables that the nightly jobs write."""

from sqlalchemy import Column, Integer, Text
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class ImportedProduct(Base):
    """What the wholesalers send."""

    __tablename__ = "products_v2"
    __table_args__ = {"schema": "shop"}
    id = Column(Integer, primary_key=True)
    sku = Column(Text)


class Supplier(Base):
    __tablename__ = "suppliers"
    __table_args__ = {"schema": "warehouse"}
    id = Column(Integer, primary_key=True)

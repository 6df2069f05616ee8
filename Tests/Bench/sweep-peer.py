"""What daypass's sweep is measured against: a table with the same columns, swept through an ORM.

  sweep-peer.py make FILE ROWS      a SQLite file with so many grants that have run out
  sweep-peer.py sweep FILE [batch]  closes them in one transaction and prints the seconds on the clock
                                    and of the processor; row by row, or as one flush with `batch`

The seconds are those of the sweep alone: starting Python and loading SQLAlchemy are not counted.
"""
import datetime
import sys
import time

from sqlalchemy import Column, DateTime, Integer, String, Text, create_engine, select
from sqlalchemy.orm import Session, declarative_base

Base = declarative_base()
START = datetime.datetime(2026, 1, 1)


class Grant(Base):
    __tablename__ = "grants"
    id = Column(String(25), primary_key=True)
    state = Column(String(8), nullable=False, index=True)
    repository = Column(String(128), nullable=False)
    requester = Column(String(128), nullable=False)
    subject = Column(String(128), nullable=False)
    role = Column(String(64), nullable=False)
    scope = Column(Text, nullable=False)
    justification = Column(Text, nullable=False)
    ticket = Column(String(256))
    requested_at = Column(DateTime, nullable=False)
    duration = Column(Integer, nullable=False)
    approvals = Column(Text, nullable=False)
    activated_at = Column(DateTime)
    expires_at = Column(DateTime, index=True)
    closed_at = Column(DateTime)
    closed_by = Column(String(128))
    outcome = Column(String(16))
    reason = Column(Text)


def grant(number):
    asked = START + datetime.timedelta(seconds=5 * number)
    begun = asked + datetime.timedelta(minutes=10)
    person = f"person.{number % 200}@example.com"
    return Grant(
        id=f"{asked:%Y%m%dT%H%M%SZ}-{number:08d}", state="active", repository="bench",
        requester=person, subject=person, role=f"area-{number % 5}-read",
        scope='{"system": "billing"}', justification=f"look into the slow checkout ({number})",
        ticket=f"OPS-{number}", requested_at=asked, duration=28800,
        approvals=f'[{{"at": "{begun:%Y-%m-%dT%H:%M:%SZ}", "by": "lead@example.com"}}]',
        activated_at=begun, expires_at=begun + datetime.timedelta(hours=8))


def make(engine, rows):
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(grant(number) for number in range(rows))
        session.commit()


def sweep(engine, batch):
    now = START + datetime.timedelta(days=400)
    with Session(engine, autoflush=False) as session:
        due = select(Grant).where(Grant.state == "active", Grant.expires_at <= now)
        swept = 0
        for row in session.scalars(due).all():
            row.state = "closed"
            row.closed_at = now
            row.closed_by = "reconciler@example.com"
            row.outcome = "expired"
            row.reason = f"ran out at {row.expires_at:%Y-%m-%dT%H:%M:%SZ}"
            swept += 1
            if not batch:
                session.flush()
        session.commit()
    return swept


def main():
    engine = create_engine(f"sqlite:///{sys.argv[2]}")
    if sys.argv[1] == "make":
        make(engine, int(sys.argv[3]))
        return
    wall, processor = time.perf_counter(), time.process_time()
    swept = sweep(engine, sys.argv[3:] == ["batch"])
    print(time.perf_counter() - wall, time.process_time() - processor, swept)


main()
